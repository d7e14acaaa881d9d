#pragma once
// A referral forest as a graph of the Boost Graph Library, for those who want its algorithms. Needs
// Boost, as identity/bgl.hpp does; nothing else includes it.
//
// Vertices are the customers' numbers; directed edges lead from a parent to each of its children.
// `ReferralForestView` refers to the forest and copies nothing; it models VertexListGraph,
// EdgeListGraph, BidirectionalGraph and AdjacencyGraph (J. G. Siek, L.-Q. Lee, A. Lumsdaine, "The
// Boost Graph Library", Addison-Wesley 2002), with a vertex index for the algorithms' property
// maps:
//
//     const emptor::ReferralForestView view(forest);
//     std::vector<int> generation(num_vertices(view));
//     boost::breadth_first_search(view, index(ann), boost::visitor(…));
//
// Cost: O(1) a step; `out_degree` O(children), `num_edges` O(1). The view is valid until the
// forest's next change. Thread safety: as the forest's readers.

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/property_map/property_map.hpp>
#include <cstddef>
#include <utility>

#include "emptor/referral/forest.hpp"

namespace emptor {

/// From a parent to its child.
struct ReferralForestEdge {
  std::size_t source = 0;
  std::size_t target = 0;

  friend bool operator==(const ReferralForestEdge&, const ReferralForestEdge&) noexcept = default;
};

class ReferralForestView {
 public:
  explicit ReferralForestView(const ReferralForest& forest) noexcept : forest_(&forest) {}

  [[nodiscard]] const ReferralForest& forest() const noexcept { return *forest_; }
  [[nodiscard]] std::size_t vertices() const noexcept { return forest_->customers(); }
  /// no_customer for a root.
  [[nodiscard]] Customer parent(std::size_t vertex) const noexcept {
    return forest_->parent(id_at<Customer>(vertex));
  }

 private:
  const ReferralForest* forest_;
};

namespace detail {

/// The edges to the children of one vertex.
class ReferralChildIterator
    : public boost::iterator_facade<ReferralChildIterator, ReferralForestEdge,
                                    boost::forward_traversal_tag, ReferralForestEdge> {
 public:
  ReferralChildIterator() = default;
  ReferralChildIterator(const ReferralForestView& view, std::size_t vertex, Customer child)
      : forest_(&view.forest()), vertex_(vertex), child_(child) {}

 private:
  friend class boost::iterator_core_access;
  [[nodiscard]] ReferralForestEdge dereference() const noexcept { return {vertex_, index(child_)}; }
  [[nodiscard]] bool equal(const ReferralChildIterator& other) const noexcept {
    return child_ == other.child_;
  }
  void increment() noexcept { child_ = forest_->next_sibling(child_); }

  const ReferralForest* forest_ = nullptr;
  std::size_t vertex_ = 0;
  Customer child_ = no_customer;
};

/// The edges to the vertices from `vertex` to `end` that have a parent. A vertex's own in-edges are
/// those of [vertex, vertex + 1).
class ReferralParentIterator
    : public boost::iterator_facade<ReferralParentIterator, ReferralForestEdge,
                                    boost::forward_traversal_tag, ReferralForestEdge> {
 public:
  ReferralParentIterator() = default;
  ReferralParentIterator(const ReferralForestView& view, std::size_t vertex, std::size_t end)
      : forest_(&view.forest()), vertex_(vertex), end_(end) {
    skip();
  }

 private:
  friend class boost::iterator_core_access;
  void skip() noexcept {
    while (vertex_ < end_ && forest_->parent(id_at<Customer>(vertex_)) == no_customer) ++vertex_;
  }
  [[nodiscard]] ReferralForestEdge dereference() const noexcept {
    return {index(forest_->parent(id_at<Customer>(vertex_))), vertex_};
  }
  [[nodiscard]] bool equal(const ReferralParentIterator& other) const noexcept {
    return vertex_ == other.vertex_;
  }
  void increment() noexcept {
    ++vertex_;
    skip();
  }

  const ReferralForest* forest_ = nullptr;
  std::size_t vertex_ = 0;
  std::size_t end_ = 0;
};

struct ReferralEdgeTarget {
  std::size_t operator()(const ReferralForestEdge& edge) const noexcept { return edge.target; }
};

}  // namespace detail

}  // namespace emptor

namespace boost {

template <>
struct graph_traits<emptor::ReferralForestView> {
  struct traversal_category : virtual vertex_list_graph_tag,
                              virtual edge_list_graph_tag,
                              virtual bidirectional_graph_tag,
                              virtual adjacency_graph_tag {};
  using vertex_descriptor = std::size_t;
  using edge_descriptor = emptor::ReferralForestEdge;
  using directed_category = bidirectional_tag;
  using edge_parallel_category = disallow_parallel_edge_tag;
  using vertex_iterator = counting_iterator<std::size_t>;
  using out_edge_iterator = emptor::detail::ReferralChildIterator;
  using in_edge_iterator = emptor::detail::ReferralParentIterator;
  using adjacency_iterator =
      transform_iterator<emptor::detail::ReferralEdgeTarget, out_edge_iterator>;
  using edge_iterator = emptor::detail::ReferralParentIterator;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  static constexpr vertex_descriptor null_vertex() { return static_cast<std::size_t>(-1); }
};

template <>
struct property_map<emptor::ReferralForestView, vertex_index_t> {
  using type = typed_identity_property_map<std::size_t>;
  using const_type = type;
};

}  // namespace boost

namespace emptor {

using ReferralForestTraits = boost::graph_traits<ReferralForestView>;

// The free functions that Boost's concepts ask for.
inline std::pair<ReferralForestTraits::vertex_iterator, ReferralForestTraits::vertex_iterator>
vertices(const ReferralForestView& view) {
  return {ReferralForestTraits::vertex_iterator(0),
          ReferralForestTraits::vertex_iterator(view.vertices())};
}
[[nodiscard]] inline std::size_t num_vertices(const ReferralForestView& view) noexcept {
  return view.vertices();
}
inline std::pair<detail::ReferralParentIterator, detail::ReferralParentIterator> edges(
    const ReferralForestView& view) {
  const std::size_t n = view.vertices();
  return {detail::ReferralParentIterator(view, 0, n), detail::ReferralParentIterator(view, n, n)};
}
[[nodiscard]] inline std::size_t num_edges(const ReferralForestView& view) noexcept {
  return view.forest().edges();
}
inline std::pair<detail::ReferralChildIterator, detail::ReferralChildIterator> out_edges(
    std::size_t vertex, const ReferralForestView& view) {
  const Customer first = view.forest().first_child(id_at<Customer>(vertex));
  return {detail::ReferralChildIterator(view, vertex, first),
          detail::ReferralChildIterator(view, vertex, no_customer)};
}
[[nodiscard]] inline std::size_t out_degree(std::size_t vertex, const ReferralForestView& view) {
  std::size_t degree = 0;
  for (auto [edge, end] = out_edges(vertex, view); edge != end; ++edge) ++degree;
  return degree;
}
inline std::pair<detail::ReferralParentIterator, detail::ReferralParentIterator> in_edges(
    std::size_t vertex, const ReferralForestView& view) {
  return {detail::ReferralParentIterator(view, vertex, vertex + 1),
          detail::ReferralParentIterator(view, vertex + 1, vertex + 1)};
}
[[nodiscard]] inline std::size_t in_degree(std::size_t vertex, const ReferralForestView& view) {
  return view.parent(vertex) == no_customer ? 0 : 1;
}
[[nodiscard]] inline std::size_t degree(std::size_t vertex, const ReferralForestView& view) {
  return in_degree(vertex, view) + out_degree(vertex, view);
}
[[nodiscard]] inline std::size_t source(const ReferralForestEdge& edge,
                                        const ReferralForestView&) noexcept {
  return edge.source;
}
[[nodiscard]] inline std::size_t target(const ReferralForestEdge& edge,
                                        const ReferralForestView&) noexcept {
  return edge.target;
}
inline std::pair<ReferralForestTraits::adjacency_iterator, ReferralForestTraits::adjacency_iterator>
adjacent_vertices(std::size_t vertex, const ReferralForestView& view) {
  const auto [begin, end] = out_edges(vertex, view);
  return {ReferralForestTraits::adjacency_iterator(begin, {}),
          ReferralForestTraits::adjacency_iterator(end, {})};
}
[[nodiscard]] inline boost::typed_identity_property_map<std::size_t> get(
    boost::vertex_index_t, const ReferralForestView&) noexcept {
  return {};
}
[[nodiscard]] inline std::size_t get(boost::vertex_index_t, const ReferralForestView&,
                                     std::size_t vertex) noexcept {
  return vertex;
}

}  // namespace emptor
