#pragma once
// The identifier graph as a graph of the Boost Graph Library, for those who want its algorithms.
// The only header that needs Boost; nothing else includes it.
//
// Vertices are the customers, then the identifier codes. Undirected edges lead from each held
// identifier to the customer on whom it arrived, and from each absorbed customer to its owner. So
// the connected components are the people, and an erased identifier is a component of its own.
// `IdentifierGraphView` refers to the graph and copies nothing; it models VertexListGraph,
// EdgeListGraph, IncidenceGraph and AdjacencyGraph (J. G. Siek, L.-Q. Lee, A. Lumsdaine, "The Boost
// Graph Library", Addison-Wesley 2002), with a vertex index for the algorithms' property maps:
//
//     const emptor::IdentifierGraphView view(graph);
//     std::vector<int> component(num_vertices(view));
//     boost::connected_components(
//         view, boost::make_iterator_property_map(component.begin(),
//                                                 get(boost::vertex_index, view)));
//
// Cost: O(1) a step, plus one look-up of the owner for a customer's edges; `num_edges`
// O(customers). The view is valid until the graph's next change. Thread safety: as the graph's
// readers.

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/property_map/property_map.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "emptor/identity/identifier_graph.hpp"

namespace emptor {

/// An undirected edge, as seen from `source`; equal to the same edge from its other end.
struct IdentifierGraphEdge {
  std::size_t source = 0;
  std::size_t target = 0;

  friend bool operator==(const IdentifierGraphEdge& a, const IdentifierGraphEdge& b) noexcept {
    return (a.source == b.source && a.target == b.target) ||
           (a.source == b.target && a.target == b.source);
  }
};

class IdentifierGraphView {
 public:
  explicit IdentifierGraphView(const IdentifierGraph& graph) noexcept : graph_(&graph) {}

  [[nodiscard]] std::size_t vertices() const noexcept {
    return graph_->customers() + graph_->codes();
  }
  [[nodiscard]] std::size_t vertex(Customer customer) const noexcept { return index(customer); }
  [[nodiscard]] std::size_t vertex_of_code(std::uint32_t code) const noexcept {
    return graph_->customers() + code;
  }
  [[nodiscard]] std::size_t degree(std::size_t vertex) const {
    if (vertex >= graph_->customers()) return home(vertex) == no_customer ? 0 : 1;
    const auto customer = id_at<Customer>(vertex);
    return graph_->codes_of(customer).size() + others(customer);
  }
  /// The neighbour with this number, below `degree(vertex)`.
  [[nodiscard]] std::size_t neighbour(std::size_t vertex, std::size_t number) const {
    if (vertex >= graph_->customers()) return index(home(vertex));
    const auto customer = id_at<Customer>(vertex);
    const auto codes = graph_->codes_of(customer);
    if (number < codes.size()) return vertex_of_code(codes[number]);
    const Customer owner = graph_->owner(customer);
    return index(owner != customer ? owner : graph_->absorbed_by(owner)[number - codes.size()]);
  }
  /// Each edge once stands at the end with the larger descriptor, except those of customers among
  /// themselves, which stand at the absorbed one: at most one edge a vertex.
  [[nodiscard]] std::size_t up(std::size_t vertex) const {
    const Customer up =
        vertex >= graph_->customers() ? home(vertex) : graph_->owner(id_at<Customer>(vertex));
    return up == no_customer ? vertex : index(up);
  }

 private:
  [[nodiscard]] Customer home(std::size_t vertex) const {
    return graph_->home(static_cast<std::uint32_t>(vertex - graph_->customers()));
  }
  [[nodiscard]] std::size_t others(Customer customer) const {
    return graph_->owner(customer) != customer ? 1 : graph_->absorbed_by(customer).size();
  }

  const IdentifierGraph* graph_;
};

namespace detail {

/// The edges of one vertex.
class OutEdgeIterator
    : public boost::iterator_facade<OutEdgeIterator, IdentifierGraphEdge,
                                    boost::random_access_traversal_tag, IdentifierGraphEdge> {
 public:
  OutEdgeIterator() = default;
  OutEdgeIterator(const IdentifierGraphView& view, std::size_t vertex, std::size_t number)
      : view_(&view), vertex_(vertex), number_(number) {}

 private:
  friend class boost::iterator_core_access;
  [[nodiscard]] IdentifierGraphEdge dereference() const {
    return {vertex_, view_->neighbour(vertex_, number_)};
  }
  [[nodiscard]] bool equal(const OutEdgeIterator& other) const noexcept {
    return number_ == other.number_ && vertex_ == other.vertex_;
  }
  void increment() noexcept { ++number_; }
  void decrement() noexcept { --number_; }
  void advance(std::ptrdiff_t steps) noexcept { number_ += static_cast<std::size_t>(steps); }
  [[nodiscard]] std::ptrdiff_t distance_to(const OutEdgeIterator& other) const noexcept {
    return static_cast<std::ptrdiff_t>(other.number_) - static_cast<std::ptrdiff_t>(number_);
  }

  const IdentifierGraphView* view_ = nullptr;
  std::size_t vertex_ = 0;
  std::size_t number_ = 0;
};

struct EdgeTarget {
  std::size_t operator()(const IdentifierGraphEdge& edge) const noexcept { return edge.target; }
};

/// The vertices that have an edge upwards.
class EdgeIterator
    : public boost::iterator_facade<EdgeIterator, IdentifierGraphEdge, boost::forward_traversal_tag,
                                    IdentifierGraphEdge> {
 public:
  EdgeIterator() = default;
  EdgeIterator(const IdentifierGraphView& view, std::size_t vertex)
      : view_(&view), vertex_(vertex) {
    skip();
  }

 private:
  friend class boost::iterator_core_access;
  void skip() {
    while (vertex_ < view_->vertices() && view_->up(vertex_) == vertex_) ++vertex_;
  }
  [[nodiscard]] IdentifierGraphEdge dereference() const { return {vertex_, view_->up(vertex_)}; }
  [[nodiscard]] bool equal(const EdgeIterator& other) const noexcept {
    return vertex_ == other.vertex_;
  }
  void increment() {
    ++vertex_;
    skip();
  }

  const IdentifierGraphView* view_ = nullptr;
  std::size_t vertex_ = 0;
};

}  // namespace detail

}  // namespace emptor

namespace boost {

template <>
struct graph_traits<emptor::IdentifierGraphView> {
  struct traversal_category : virtual vertex_list_graph_tag,
                              virtual edge_list_graph_tag,
                              virtual incidence_graph_tag,
                              virtual adjacency_graph_tag {};
  using vertex_descriptor = std::size_t;
  using edge_descriptor = emptor::IdentifierGraphEdge;
  using directed_category = undirected_tag;
  using edge_parallel_category = disallow_parallel_edge_tag;
  using vertex_iterator = counting_iterator<std::size_t>;
  using out_edge_iterator = emptor::detail::OutEdgeIterator;
  using adjacency_iterator = transform_iterator<emptor::detail::EdgeTarget, out_edge_iterator>;
  using edge_iterator = emptor::detail::EdgeIterator;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  static constexpr vertex_descriptor null_vertex() { return static_cast<std::size_t>(-1); }
};

template <>
struct property_map<emptor::IdentifierGraphView, vertex_index_t> {
  using type = typed_identity_property_map<std::size_t>;
  using const_type = type;
};

}  // namespace boost

namespace emptor {

using IdentifierGraphTraits = boost::graph_traits<IdentifierGraphView>;

// The free functions that Boost's concepts ask for.
inline std::pair<IdentifierGraphTraits::vertex_iterator, IdentifierGraphTraits::vertex_iterator>
vertices(const IdentifierGraphView& view) {
  return {IdentifierGraphTraits::vertex_iterator(0),
          IdentifierGraphTraits::vertex_iterator(view.vertices())};
}
[[nodiscard]] inline std::size_t num_vertices(const IdentifierGraphView& view) noexcept {
  return view.vertices();
}
inline std::pair<detail::EdgeIterator, detail::EdgeIterator> edges(
    const IdentifierGraphView& view) {
  return {detail::EdgeIterator(view, 0), detail::EdgeIterator(view, view.vertices())};
}
[[nodiscard]] inline std::size_t num_edges(const IdentifierGraphView& view) {
  std::size_t count = 0;
  for (std::size_t v = 0; v < view.vertices(); ++v) count += view.up(v) != v ? 1 : 0;
  return count;
}
inline std::pair<detail::OutEdgeIterator, detail::OutEdgeIterator> out_edges(
    std::size_t vertex, const IdentifierGraphView& view) {
  return {detail::OutEdgeIterator(view, vertex, 0),
          detail::OutEdgeIterator(view, vertex, view.degree(vertex))};
}
[[nodiscard]] inline std::size_t out_degree(std::size_t vertex, const IdentifierGraphView& view) {
  return view.degree(vertex);
}
[[nodiscard]] inline std::size_t source(const IdentifierGraphEdge& edge,
                                        const IdentifierGraphView&) noexcept {
  return edge.source;
}
[[nodiscard]] inline std::size_t target(const IdentifierGraphEdge& edge,
                                        const IdentifierGraphView&) noexcept {
  return edge.target;
}
inline std::pair<IdentifierGraphTraits::adjacency_iterator,
                 IdentifierGraphTraits::adjacency_iterator>
adjacent_vertices(std::size_t vertex, const IdentifierGraphView& view) {
  const auto [begin, end] = out_edges(vertex, view);
  return {IdentifierGraphTraits::adjacency_iterator(begin, {}),
          IdentifierGraphTraits::adjacency_iterator(end, {})};
}
[[nodiscard]] inline boost::typed_identity_property_map<std::size_t> get(
    boost::vertex_index_t, const IdentifierGraphView&) noexcept {
  return {};
}
[[nodiscard]] inline std::size_t get(boost::vertex_index_t, const IdentifierGraphView&,
                                     std::size_t vertex) noexcept {
  return vertex;
}

}  // namespace emptor
