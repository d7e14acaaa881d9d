#include "emptor/table/links.hpp"

#include <limits>
#include <vector>

#include "emptor/table/links_archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

template <class Call>
void check_throws(ErrorCode code, const std::string& part, Call&& call) {
  try {
    call();
    FAIL_CHECK("nothing was thrown, expected " << name(code));
  } catch (const Exception& e) {
    CHECK(e.code() == code);
    CHECK_THAT(std::string(e.what()), ContainsSubstring(part));
  }
}

LinkLog log_of(const std::vector<std::pair<unsigned, unsigned>>& pairs) {
  LinkLog log;
  float weight = 1;
  for (const auto& [who, whom] : pairs) log.add(Customer{who}, Customer{whom}, weight++);
  return log;
}

TEST_CASE("directed links are kept as given, both ways round") {
  const Links links(4, log_of({{0, 2}, {2, 0}, {3, 0}}));
  CHECK(links.customers() == 4);
  CHECK(links.size() == 3);
  CHECK(links.contains(Customer{3}, Customer{0}));
  CHECK_FALSE(links.contains(Customer{0}, Customer{3}));
  REQUIRE(links.incoming().row_size(0) == 2);
  CHECK(links.incoming().row_indices(0)[1] == 3);
  CHECK(links.incoming().row_values(0)[1] == 3.0F);
}

TEST_CASE("mutual links equal their transpose") {
  const Links links(4, log_of({{0, 2}, {2, 0}, {3, 0}}), LinkDirection::mutual);
  CHECK(links.size() == 4);
  CHECK(links.outgoing() == links.incoming());
  CHECK(links.outgoing().row_values(0)[0] == 2.0F);  // 0 and 2 were given twice: the larger weight
  CHECK(links.outgoing().row_values(0)[1] == 3.0F);
  const Links sums(4, log_of({{0, 2}, {2, 0}}), LinkDirection::mutual, Duplicates::sum);
  CHECK(sums.outgoing().row_values(2)[0] == 3.0F);
  check_throws(ErrorCode::duplicate, "several entries", [] {
    (void)Links(4, log_of({{0, 2}, {2, 0}}), LinkDirection::mutual, Duplicates::refuse);
  });
  CHECK_NOTHROW(Links(4, log_of({{0, 2}, {2, 0}}), LinkDirection::directed, Duplicates::refuse));
}

TEST_CASE("links that cannot be are refused by name") {
  for (const auto direction : {LinkDirection::directed, LinkDirection::mutual}) {
    check_throws(ErrorCode::invalid_value, "with itself", [&] {
      (void)Links(4, log_of({{0, 1}, {2, 2}}), direction);
    });
    check_throws(ErrorCode::out_of_range, "outside", [&] {
      (void)Links(2, log_of({{0, 2}}), direction);
    });
    check_throws(ErrorCode::out_of_range, "outside", [&] {
      (void)Links(2, log_of({{2, 0}}), direction);
    });
    for (const float bad : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()}) {
      LinkLog log;
      log.add(Customer{0}, Customer{1}, bad);
      check_throws(ErrorCode::invalid_value, "a link's weight must be finite and > 0",
                   [&] { (void)Links(2, log, direction); });
    }
    LinkLog ragged = log_of({{0, 1}});
    ragged.to.clear();
    check_throws(ErrorCode::invalid_shape, "one length",
                 [&] { (void)Links(2, ragged, direction); });
  }
  check_throws(ErrorCode::invalid_shape, "m x m", [] {
    (void)Links(Csr<float>(2, {0, 0, 0, 0}, {}, {}));
  });
}

TEST_CASE("links grow with the customers") {
  const Links links(3, log_of({{0, 2}, {2, 1}}));
  const Links more = links.grown(5);
  CHECK(more.customers() == 5);
  CHECK(more.size() == 2);
  CHECK(more.contains(Customer{2}, Customer{1}));
  CHECK(more.outgoing().row_size(4) == 0);
  CHECK(&links.grown(3).outgoing() == &links.outgoing());
  CHECK(Links().grown(2).customers() == 2);
  check_throws(ErrorCode::invalid_shape, "do not fit", [&] { (void)links.grown(2); });
}

TEST_CASE("links come back from an archive, and damage is told") {
  const auto bytes_of = [](const Links& links) {
    ArchiveWriter writer("links", 1);
    put_links(writer.section("links"), links);
    return std::move(writer).finish();
  };
  const auto read = [](std::span<const std::byte> bytes, std::size_t m) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "links", 1);
    REQUIRE(reader.has_value());
    Result<SectionReader> section = reader->section("links");
    REQUIRE(section.has_value());
    const Links links = get_links(*section, m);
    return std::pair{section->finish().has_value(), links};
  };
  const Links links(4, log_of({{0, 2}, {3, 1}}));
  const auto bytes = bytes_of(links);
  const auto [ok, back] = read(bytes, 4);
  CHECK(ok);
  CHECK(back.outgoing() == links.outgoing());
  CHECK_FALSE(read(bytes, 5).first);
  CHECK_FALSE(read(bytes, 3).first);
  ArchiveWriter forged("links", 1);
  detail::put_rows(forged.section("links"), Csr<float>(2, {0, 1, 1}, {0}, {1.0F}));
  CHECK_FALSE(read(std::move(forged).finish(), 2).first);
}

}  // namespace
