#include "emptor/referral/qr.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

/// A finder pattern's top left corner with its light border, where the code has one.
bool finder_at(const QrMatrix& code, std::size_t row, std::size_t column) {
  for (std::size_t r = 0; r < 8; ++r) {
    for (std::size_t c = 0; c < 8; ++c) {
      const std::size_t y = row == 0 ? r : row + r - 1, x = column == 0 ? c : column + c - 1;
      const std::size_t in_row = row == 0 ? r : r - 1, in_column = column == 0 ? c : c - 1;
      const bool border = in_row > 6 || in_column > 6;
      const bool ring = in_row == 0 || in_row == 6 || in_column == 0 || in_column == 6;
      const bool core = in_row >= 2 && in_row <= 4 && in_column >= 2 && in_column <= 4;
      if (code.dark(y, x) != (!border && (ring || core))) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("QR: size, finder and timing patterns, the dark module, of all versions met") {
  std::size_t last_version = 0;
  for (std::size_t length = 0; length <= 2'300; length = length * 5 / 4 + 1) {
    const QrMatrix code = qr_matrix(std::string(length, 'a')).value();
    REQUIRE(code.size == 17 + 4 * code.version);
    REQUIRE(code.modules.size() == code.size * code.size);
    REQUIRE(code.version >= last_version);
    last_version = code.version;
    REQUIRE(finder_at(code, 0, 0));
    REQUIRE(finder_at(code, 0, code.size - 7));
    REQUIRE(finder_at(code, code.size - 7, 0));
    for (std::size_t i = 8; i < code.size - 8; ++i) {
      REQUIRE(code.dark(6, i) == (i % 2 == 0));
      REQUIRE(code.dark(i, 6) == (i % 2 == 0));
    }
    REQUIRE(code.dark(code.size - 8, 8));
  }
  CHECK(last_version > 30);
}

TEST_CASE("QR: capacity by the standard's tables, a text too long is an error") {
  // Version 40 at the lowest correction: 2,953 bytes, 4,296 alphanumeric characters, 7,089 digits.
  CHECK(qr_matrix(std::string(2'953, 'a'), QrCorrection::low)->version == 40);
  CHECK(qr_matrix(std::string(4'296, 'A'), QrCorrection::low)->version == 40);
  CHECK(qr_matrix(std::string(7'089, '7'), QrCorrection::low)->version == 40);
  CHECK(qr_matrix(std::string(2'954, 'a'), QrCorrection::low).error().code == ErrorCode::overflow);
  CHECK_FALSE(qr_matrix(std::string(2'332, 'a'), QrCorrection::medium));
  CHECK(qr_matrix(std::string(2'331, 'a'), QrCorrection::medium)->version == 40);
  CHECK_FALSE(qr_matrix(std::string(1'664, 'a'), QrCorrection::quartile));
  CHECK_FALSE(qr_matrix(std::string(1'274, 'a'), QrCorrection::high));
  CHECK_FALSE(qr_svg(std::string(3'000, 'a')));
  CHECK(qr_matrix("7K2M-9QXA", QrCorrection::high)->version == 1);  // 10 characters at most
  CHECK(qr_matrix("")->version == 1);
  CHECK(qr_matrix(std::string("a\0b", 3))->modules != qr_matrix("a")->modules);
}

TEST_CASE("QR: the picture shows the modules, in a quiet zone, and nothing else") {
  QrOptions options;
  options.title = "Anna's <link> & \"code\"\n";
  options.dark = "#123AbC";
  options.quiet_zone = 5;
  const std::string link = "https://shop.example/?ref=7K2M-9QXA&ch=3&kid=1&sig=abcdef";
  const std::string svg = qr_svg(link, options).value();
  const QrMatrix code = qr_matrix(link).value();
  const std::string side = std::to_string(code.size + 10);
  CHECK(svg.find("viewBox=\"0 0 " + side + " " + side + "\"") != svg.npos);
  CHECK(svg.find("<title>Anna's &lt;link&gt; &amp; &quot;code&quot;</title>") != svg.npos);
  CHECK(svg.find("shop.example") == svg.npos);

  // Draw the path again: M x y h w v1 h-w z for each run.
  std::vector<std::uint8_t> drawn(code.modules.size());
  std::size_t at = svg.find(" d=\"") + 4;
  const auto number = [&](std::string_view before) {
    REQUIRE(svg.compare(at, before.size(), before) == 0);
    std::size_t used = 0;
    const unsigned long value = std::stoul(svg.substr(at + before.size(), 6), &used);
    at += before.size() + used;
    return static_cast<std::size_t>(value);
  };
  while (svg[at] == 'M') {
    const std::size_t x = number("M"), y = number(" "), width = number("h");
    REQUIRE(number("v") == 1);
    REQUIRE(number("h-") == width);
    REQUIRE(svg[at++] == 'z');
    REQUIRE((x >= 5 && y >= 5 && x + width <= code.size + 5 && y < code.size + 5));
    for (std::size_t i = 0; i < width; ++i) drawn[(y - 5) * code.size + x - 5 + i] += 1;
  }
  CHECK(svg.substr(at) == "\"/></svg>");
  CHECK(drawn == code.modules);
}

TEST_CASE("QR: options out of range") {
  const auto with = [](auto change) {
    QrOptions options;
    change(options);
    return qr_svg("a", options).has_value();
  };
  CHECK(with([](auto&) {}));
  CHECK_THROWS_AS(with([](auto& o) { o.quiet_zone = 3; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.quiet_zone = 101; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.dark = "red"; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.light = "#12345\""; }), Exception);
}
