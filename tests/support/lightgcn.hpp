#pragma once

/// @file
/// Reads the text format of LightGCN and NGCF: `train.txt` and `test.txt`, a line is a customer and
/// the items, numbers with spaces between; a line may have no items.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "emptor/table/interactions.hpp"

namespace emptor::test {

struct LightGcnData {
  std::size_t customers = 0;  ///< one more than the largest customer
  std::size_t items = 0;      ///< one more than the largest item
  InteractionLog train;
  InteractionLog test;
};

/// Adds a file's pairs, weight 1, to `log`. Throws std::runtime_error on anything unexpected.
inline void read_lightgcn_file(const std::filesystem::path& file, InteractionLog& log,
                               std::size_t& customers, std::size_t& items) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || text.empty()) throw std::runtime_error("cannot read " + file.string());
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::uint32_t customer = 0;
    bool first = true;
    while (at != end && *at != '\n') {
      if (*at == ' ' || *at == '\r') {
        ++at;
        continue;
      }
      std::uint32_t number = 0;
      const auto parsed = std::from_chars(at, end, number);
      if (parsed.ec != std::errc{}) throw std::runtime_error("not a number in " + file.string());
      at = parsed.ptr;
      if (first) {
        customer = number;
        if (customers <= number) customers = std::size_t{number} + 1;
      } else {
        log.add(Customer{customer}, Item{number});
        if (items <= number) items = std::size_t{number} + 1;
      }
      first = false;
    }
    if (at != end) ++at;
  }
}

inline LightGcnData read_lightgcn(const std::filesystem::path& folder) {
  LightGcnData data;
  read_lightgcn_file(folder / "train.txt", data.train, data.customers, data.items);
  read_lightgcn_file(folder / "test.txt", data.test, data.customers, data.items);
  return data;
}

}  // namespace emptor::test
