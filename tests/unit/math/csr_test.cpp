#include "emptor/math/csr.hpp"

#include <map>
#include <utility>

#include "emptor/core/id.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Ids = std::vector<std::uint32_t>;

template <class T>
std::vector<T> list(std::span<const T> values) {
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("rows are sorted by column, empty rows are there") {
  const std::vector<float> values{1, 2, 3, 4};
  const auto csr = Csr<float>::from_entries(4, 5, Ids{2, 0, 2, 2}, Ids{4, 1, 0, 3},
                                            std::span<const float>(values));
  CHECK(csr.rows() == 4);
  CHECK(csr.columns() == 5);
  CHECK(csr.nonzeros() == 4);
  CHECK(list(csr.row_indices(2)) == Ids{0, 3, 4});
  CHECK(list(csr.row_values(2)) == std::vector<float>{3, 4, 1});
  CHECK(csr.row_size(1) == 0);
  CHECK(csr.contains(2, 3));
  CHECK_FALSE(csr.contains(2, 2));
  CHECK_FALSE(csr.contains(3, 0));
}

TEST_CASE("what several entries at one place become") {
  const std::vector<float> values{1, 5, 2};
  const auto with = [&](Duplicates duplicates) {
    return Csr<float>::from_entries(1, 2, Ids{0, 0, 0}, Ids{1, 1, 1},
                                    std::span<const float>(values), duplicates)
        .values()[0];
  };
  CHECK(with(Duplicates::sum) == 8);
  CHECK(with(Duplicates::largest) == 5);
  CHECK(with(Duplicates::last) == 2);
  CHECK_THROWS_AS(with(Duplicates::refuse), Exception);
}

TEST_CASE("ids of 32 bits are rows and columns") {
  const std::vector<float> values{7};
  const auto csr = Csr<float>::from_entries(2, 3, std::vector{Customer{1}}, std::vector{Item{2}},
                                            std::span<const float>(values));
  CHECK(csr.contains(1, 2));
}

TEST_CASE("entries outside, lengths that differ and sizes beyond 32 bits are refused") {
  const std::vector<float> one{1};
  const std::span<const float> values(one);
  CHECK_THROWS_AS(Csr<float>::from_entries(1, 1, Ids{1}, Ids{0}, values), Exception);
  CHECK_THROWS_AS(Csr<float>::from_entries(1, 1, Ids{0}, Ids{1}, values), Exception);
  CHECK_THROWS_AS(Csr<float>::from_entries(1, 1, Ids{0, 0}, Ids{0}, values), Exception);
  CHECK_THROWS_AS(Csr<float>::from_entries(1, std::size_t{1} << 32, Ids{0}, Ids{0}, values),
                  Exception);
}

TEST_CASE("parts are checked") {
  using Offsets = std::vector<std::size_t>;
  using Values = std::vector<float>;
  CHECK(Csr<float>(3, Offsets{0, 1, 2}, Ids{2, 0}, Values{1, 2}).rows() == 2);
  CHECK(Csr<float>(3, {}, {}, {}).rows() == 0);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{0, 2}, Ids{2, 0}, Values{1, 2}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{0, 2}, Ids{1, 1}, Values{1, 2}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{0, 1}, Ids{3}, Values{1}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{0, 1}, Ids{0}, Values{}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{1, 1}, Ids{0}, Values{1}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, Offsets{0, 9, 1}, Ids{0}, Values{1}), Exception);
  CHECK_THROWS_AS(Csr<float>(3, {}, Ids{0}, Values{1}), Exception);
}

TEST_CASE("against a map: entries, transpose, transpose of the transpose") {
  RandomStream random(3);
  for (int round = 0; round < 50; ++round) {
    const std::uint32_t rows = 1 + random.below(12);
    const std::uint32_t columns = 1 + random.below(12);
    Ids row_of, column_of;
    std::vector<double> values;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> expected;
    for (std::uint32_t k = random.below(60); k > 0; --k) {
      row_of.push_back(random.below(rows));
      column_of.push_back(random.below(columns));
      values.push_back(random.below(100));
      expected[{row_of.back(), column_of.back()}] += values.back();
    }
    const auto csr = Csr<double>::from_entries(rows, columns, row_of, column_of,
                                               std::span<const double>(values));
    const auto transposed = csr.transposed();
    CHECK(csr.nonzeros() == expected.size());
    CHECK(transposed.transposed() == csr);
    std::size_t seen = 0;
    for (std::uint32_t c = 0; c < columns; ++c) {
      for (std::size_t k = 0; k < transposed.row_size(c); ++k, ++seen) {
        CHECK(expected.at({transposed.row_indices(c)[k], c}) == transposed.row_values(c)[k]);
      }
    }
    CHECK(seen == expected.size());
    // The checks of the constructor accept what from_entries made.
    CHECK(Csr<double>(columns, list(csr.offsets()), list(csr.indices()), list(csr.values())) ==
          csr);
  }
}
