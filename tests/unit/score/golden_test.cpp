// Files that earlier versions saved (tests/golden/score) load for ever and say the same.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/archive_file.hpp"
#include "support/catch.hpp"
#include "support/score_models.hpp"

namespace {

using namespace emptor;

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(__FILE__).parent_path() / "../../golden/score" / name;
}

}  // namespace

TEST_CASE("score: files of version 1 load and answer as they did") {
  for (const test::ScoreKind& kind : test::all_score_kinds()) {
    INFO(kind.name);
    const auto bytes = read_file(golden(kind.name + "-1.emptor").string());
    REQUIRE(bytes.has_value());
    std::vector<std::byte> saved;
    const Result<std::vector<double>> answers = kind.ask(*bytes, saved);
    REQUIRE(answers.has_value());
    CHECK(saved == *bytes);
    std::ifstream expected(golden(kind.name + "-1.txt"));
    std::size_t count = 0;
    for (std::string line; std::getline(expected, line); ++count) {
      REQUIRE(count < answers->size());
      // Mathematical functions differ by platform in their last bits.
      CHECK((*answers)[count] == Approx(std::stod(line)).epsilon(1e-12).margin(1e-14));
    }
    CHECK(count == answers->size());
  }
}

TEST_CASE("score: what is saved loads, cut or changed it does not") {
  for (const test::ScoreKind& kind : test::all_score_kinds()) {
    INFO(kind.name);
    const std::vector<std::byte> bytes = kind.make();
    std::vector<std::byte> saved;
    const Result<std::vector<double>> answers = kind.ask(bytes, saved);
    REQUIRE(answers.has_value());
    CHECK(saved == bytes);
    for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 16) {
      REQUIRE_FALSE(kind.ask(std::span(bytes).first(size), saved).has_value());
    }
    for (std::size_t at = 0; at < bytes.size(); at += 1 + at / 16) {
      std::vector<std::byte> changed = bytes;
      changed[at] ^= std::byte{0x10};
      REQUIRE_FALSE(kind.ask(changed, saved).has_value());
    }
  }
}

/// How the files were made: only of kinds that have none yet, since they must never change.
TEST_CASE("score: write the golden files that are missing", "[.golden]") {
  for (const test::ScoreKind& kind : test::all_score_kinds()) {
    const std::filesystem::path path = golden(kind.name + "-1.emptor");
    if (std::filesystem::exists(path)) continue;
    std::filesystem::create_directories(path.parent_path());
    const std::vector<std::byte> bytes = kind.make();
    std::vector<std::byte> saved;
    const Result<std::vector<double>> answers = kind.ask(bytes, saved);
    REQUIRE(answers.has_value());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::ofstream out(golden(kind.name + "-1.txt"));
    out.precision(std::numeric_limits<double>::max_digits10);
    for (const double answer : *answers) out << answer << '\n';
  }
}
