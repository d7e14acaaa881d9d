#include "emptor/identity/bgl.hpp"

#include <boost/concept/assert.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<IdentifierGraphView>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<IdentifierGraphView>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<IdentifierGraphView>));
BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<IdentifierGraphView>));
BOOST_CONCEPT_ASSERT(
    (boost::ReadablePropertyGraphConcept<IdentifierGraphView, std::size_t, boost::vertex_index_t>));

/// Arrivals, unmerges and erasures at random.
IdentifierGraph some_graph() {
  IdentifierGraphOptions options;
  options.tombstone_key = "a key of enough bytes";
  IdentifierGraph graph(options);
  RandomStream random(3, 1);
  for (std::int64_t i = 0; i < 600; ++i) {
    std::vector<std::string> values;
    for (int j = 0; j < 3; ++j) values.push_back(std::to_string(random.below(400) + 1));
    graph.resolve(std::vector<IdentifierValue>{{IdentifierType{1}, values[0]},
                                               {IdentifierType{2}, values[1]},
                                               {IdentifierType{3}, values[2]}},
                  Time{std::chrono::days{i * 9}});
  }
  for (std::uint32_t id = 0; id < 40; id += 3) {
    CHECK(graph.unmerge(MergeId{id}, Time{}, "for the test").has_value());
  }
  for (std::uint32_t c = 0; c < 20; c += 7) CHECK(graph.erase(Customer{c}).has_value());
  return graph;
}

}  // namespace

TEST_CASE("Boost's connected components are the people of the identifier graph") {
  const IdentifierGraph graph = some_graph();
  const IdentifierGraphView view(graph);
  REQUIRE(graph.log().events().size() > 50);
  std::vector<int> component(num_vertices(view));
  const int count = boost::connected_components(
      view, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, view)));

  std::set<std::pair<int, Customer>> pairs;  // one to one where the two agree
  std::set<Customer> people;
  int erased = 0;
  for (std::size_t c = 0; c < graph.customers(); ++c) {
    const Customer owner = graph.owner(id_at<Customer>(c));
    pairs.emplace(component[c], owner);
    people.insert(owner);
  }
  for (std::uint32_t code = 0; code < graph.codes(); ++code) {
    const int of_code = component[view.vertex_of_code(code)];
    if (graph.home(code) == no_customer) {
      ++erased;
    } else {
      pairs.emplace(of_code, graph.owner(graph.home(code)));
    }
  }
  CHECK(erased > 0);
  CHECK(pairs.size() == people.size());
  CHECK(static_cast<std::size_t>(count) == people.size() + static_cast<std::size_t>(erased));
}

TEST_CASE("The view's edges are the same from everywhere") {
  const IdentifierGraph graph = some_graph();
  const IdentifierGraphView view(graph);
  std::multiset<std::pair<std::size_t, std::size_t>> listed, met;
  const auto [first, last] = edges(view);
  for (auto edge = first; edge != last; ++edge) {
    listed.emplace(source(*edge, view), target(*edge, view));
    listed.emplace(target(*edge, view), source(*edge, view));
  }
  const auto [begin, end] = vertices(view);
  for (auto v = begin; v != end; ++v) {
    std::size_t degree = 0;
    const auto [out, out_end] = out_edges(*v, view);
    for (auto edge = out; edge != out_end; ++edge, ++degree) {
      met.emplace(source(*edge, view), target(*edge, view));
      CHECK(source(*edge, view) == *v);
    }
    CHECK(degree == out_degree(*v, view));
    const auto [near, near_end] = adjacent_vertices(*v, view);
    CHECK(static_cast<std::size_t>(std::distance(near, near_end)) == degree);
  }
  CHECK(listed == met);
  CHECK(listed.size() == 2 * num_edges(view));
  CHECK(num_edges(IdentifierGraphView(IdentifierGraph{})) == 0);
}

TEST_CASE("Boost's breadth-first search tells how two identifiers hang together") {
  IdentifierGraph graph;
  const auto arrive = [&graph](IdentifierValue a, IdentifierValue b) {
    graph.resolve(std::vector<IdentifierValue>{a, b}, Time{});
  };
  arrive({IdentifierType{1}, "mail"}, {IdentifierType{3}, "device"});  // codes 0 and 1
  arrive({IdentifierType{2}, "phone"}, {IdentifierType{4}, "cookie"});
  arrive({IdentifierType{3}, "device"}, {IdentifierType{4}, "cookie"});
  const IdentifierGraphView view(graph);
  std::vector<int> steps(num_vertices(view), 0);
  const auto distance =
      boost::make_iterator_property_map(steps.begin(), get(boost::vertex_index, view));
  boost::breadth_first_search(view, view.vertex_of_code(0),
                              boost::visitor(boost::make_bfs_visitor(
                                  boost::record_distances(distance, boost::on_tree_edge()))));
  CHECK(steps[view.vertex_of_code(1)] == 2);  // mail, customer, device
  CHECK(steps[view.vertex_of_code(2)] == 3);  // mail, owner, absorbed, phone
  CHECK(steps[view.vertex(Customer{1})] == 2);
}

}  // namespace emptor
