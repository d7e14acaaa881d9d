// What is loaded from archives whose checksums are right and whose content is not: bytes of a real
// archive changed, and put into a whole one again. A loader gives an error or an object that can be
// saved; nothing else.

#include <cstring>
#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_columns.hpp"
#include "emptor/segment/gaussian_mixture.hpp"
#include "emptor/segment/k_means.hpp"
#include "emptor/segment/k_prototypes.hpp"
#include "emptor/segment/lookalike.hpp"
#include "emptor/segment/rule_batch.hpp"
#include "emptor/value/bg_bb.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/next_order.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "emptor/value/purchase_covariates.hpp"
#include "emptor/value/shifted_beta_geometric.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

using Bytes = std::vector<std::byte>;

/// The archive with the bytes of its sections changed by `change(section bytes)`.
template <class Change>
Bytes forged(const Bytes& bytes, std::initializer_list<const char*> tags, Change&& change) {
  const std::string kind = ArchiveReader::kind_of(bytes).value();
  const ArchiveReader reader = ArchiveReader::open(bytes, kind, 0xffffffff).value();
  ArchiveWriter writer(kind, reader.version());
  REQUIRE(reader.sections() == tags.size());
  for (const char* tag : tags) {
    SectionReader from = reader.section(tag, 0xffffffff).value();
    Bytes content;
    while (from.remaining() > 0) content.push_back(std::byte{from.get<std::uint8_t>()});
    change(content);
    SectionWriter& to = writer.section(tag, from.version());
    for (const std::byte one : content) to.put(one);
  }
  return std::move(writer).finish();
}

/// Single bytes to 0, 1, 127, 128 and 255, eight together to 0 and all ones, and cuts.
template <class Model>
void load_forgeries(const Model& model, std::initializer_list<const char*> tags) {
  const Bytes bytes = model.save();
  CAPTURE(ArchiveReader::kind_of(bytes).value());
  CHECK(Model::load(forged(bytes, tags, [](Bytes&) {})).has_value());
  RandomStream random(7);
  std::size_t refused = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const Bytes bad = forged(bytes, tags, [&](Bytes& content) {
      if (content.empty()) return;
      const std::size_t at = random.below(static_cast<std::uint32_t>(content.size()));
      constexpr unsigned values[] = {0, 1, 127, 128, 255};
      switch (trial % 4) {
        case 0:
          content.resize(at);
          break;
        case 1:
          for (std::size_t i = at / 8 * 8; i < std::min(content.size(), at / 8 * 8 + 8); ++i) {
            content[i] = std::byte{static_cast<unsigned char>(trial % 8 < 4 ? 0 : 255)};
          }
          break;
        default:
          content[at] = std::byte{static_cast<unsigned char>(values[random.below(5)])};
      }
    });
    const Result<Model> loaded = Model::load(bad);
    if (loaded) {
      static_cast<void>(loaded->save());
    } else {
      ++refused;
      CHECK(!loaded.error().message.empty());
    }
  }
  CHECK(refused >= 100);  // at least whatever was cut
}

Matrix<double> some_points() {
  Matrix<double> points(40, 2);
  RandomStream random(3);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    for (std::size_t j = 0; j < 2; ++j) points(i, j) = random.uniform() + (i < 20 ? 0 : 3);
  }
  return points;
}

}  // namespace

TEST_CASE("forged archives of segments are refused or harmless") {
  const Matrix<double> points = some_points();
  load_forgeries(fit_k_means(points, {.clusters = 2}).model, {"centres"});
  load_forgeries(fit_mixture(points, {.components = 2}).model, {"mixture"});
  load_forgeries(fit_k_prototypes({points, Matrix<std::uint32_t>(40, 1)}, {.clusters = 2}).model,
                 {"centres"});
  load_forgeries(fit_column_scaler({{"a", "b"}, points, {}}).model, {"columns"});
  const std::vector<std::uint32_t> seeds{0, 1, 2, 3, 4, 5};
  for (const LookalikeMethod method : {LookalikeMethod::cosine, LookalikeMethod::mahalanobis,
                                       LookalikeMethod::logistic, LookalikeMethod::hashing}) {
    load_forgeries(fit_lookalikes(points, seeds, {.method = method}).model, {"parts"});
  }
  SegmentSets sets;
  for (const char* name : {"a", "b"}) {
    sets.definitions.push_back({name, "count(orders) > 0"});
    CustomerSet& set = sets.sets.emplace_back();
    for (std::uint32_t c = 0; c < 300; c += 3) set.add(Customer{c * 700});
  }
  load_forgeries(sets, {"segments"});
}

TEST_CASE("forged archives of value are refused or harmless") {
  load_forgeries(BgNbdModel({.25, 4, .8, 2.5}), {"parameters"});
  load_forgeries(ParetoNbdModel({.55, 10, .6, 11}), {"parameters"});
  load_forgeries(BgBbModel({1.2, .75, .66, 2.78}), {"parameters"});
  load_forgeries(GammaGammaModel({6, 4, 15}), {"parameters"});
  load_forgeries(ShiftedBetaGeometricModel({.7, 3.8}), {"parameters"});
  const double parameters[] = {.25, 4, .8, 2.5};
  const double one[] = {.5};
  const double two[] = {.1, .2};
  load_forgeries(
      CovariatePurchaseModel(PurchaseFamily::bg_nbd, parameters, {"web"}, one, {"web"}, two),
      {"parameters"});
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (int order = 0; order < 60; ++order) {
    builder.add({.customer = order % 2 == 0 ? "a" : "b",
                 .item = "i",
                 .time = Time{std::chrono::hours{24 * order * (1 + order % 3)}},
                 .amount = 100});
  }
  load_forgeries(fit_next_order(std::move(builder).finish()).model, {"intervals", "histories"});
}
