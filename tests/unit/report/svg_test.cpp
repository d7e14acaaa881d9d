#include "emptor/report/svg.hpp"

#include <limits>

#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const std::string replaced = "\xEF\xBF\xBD";

}  // namespace

TEST_CASE("markup characters become references", "[report][svg]") {
  CHECK(escape_markup("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
  CHECK(escape_markup("</script><script>alert(1)</script>") ==
        "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
  CHECK(escape_markup("]]>") == "]]&gt;");
  CHECK(escape_markup("&amp;") == "&amp;amp;");
  CHECK(escape_markup("") == "");
  CHECK(escape_markup("Z\xC3\xBCrich \xE6\xB1\x89\xE5\xAD\x97 \xF0\x9F\x9B\x92") ==
        "Z\xC3\xBCrich \xE6\xB1\x89\xE5\xAD\x97 \xF0\x9F\x9B\x92");
}

TEST_CASE("what is not a character of XML is replaced", "[report][svg]") {
  using namespace std::string_literals;
  CHECK(escape_markup("a\0b"s) == "a" + replaced + "b");
  CHECK(escape_markup("\x1b[31m") == replaced + "[31m");
  CHECK(escape_markup("tab\tline\n") == "tab\tline\n");
  CHECK(escape_markup("\x80") == replaced);                    // a lone continuation byte
  CHECK(escape_markup("caf\xE9!") == "caf" + replaced + "!");  // Latin-1
  CHECK(escape_markup("\xC0\xAF") == replaced + replaced);     // over-long '/'
  CHECK(escape_markup("\xED\xA0\x80") == replaced + replaced + replaced);  // a surrogate
  CHECK(escape_markup("\xF4\x90\x80\x80").find(replaced) == 0);            // beyond U+10FFFF
  CHECK(escape_markup("x\xE6\xB1") == "x" + replaced);                     // cut in the middle
  CHECK(escape_markup("\xE6<b>") == replaced + "&lt;b&gt;");  // the cut does not eat the '<'
  CHECK(escape_markup("\xEF\xBF\xBF") == replaced);           // U+FFFF
  CHECK(escape_markup("\xC2\x85") == replaced);               // a C1 control
}

TEST_CASE("every byte string becomes well-formed text", "[report][svg]") {
  std::string all;
  for (int a = 0; a < 256; ++a) {
    for (const char b : {'\x00', '<', '\x80', '\xBF', '\xED', '&'}) {
      all += static_cast<char>(a);
      all += b;
    }
  }
  SvgWriter svg(10, 10, all, all);
  svg.begin("text").attribute("data-name", std::string_view(all)).write(all).end();
  CHECK(MarkupCheck::error(svg.finish()).empty());
}

TEST_CASE("coordinates have few digits, no locale and no surprises", "[report][svg]") {
  CHECK(format_coordinate(12.5) == "12.5");
  CHECK(format_coordinate(100) == "100");
  CHECK(format_coordinate(1.0 / 3) == "0.33");
  CHECK(format_coordinate(1.0 / 3, 4) == "0.3333");
  CHECK(format_coordinate(1.0 / 3, 9) == "0.3333");
  CHECK(format_coordinate(-0.0001) == "0");
  CHECK(format_coordinate(-0.0) == "0");
  CHECK(format_coordinate(2.7, 0) == "3");
  CHECK(format_coordinate(20, 0) == "20");
  CHECK_THROWS_AS(format_coordinate(missing), Exception);
  CHECK_THROWS_AS(format_coordinate(infinity), Exception);
}

TEST_CASE("a picture is well-formed and says what it is", "[report][svg]") {
  SvgWriter svg(200, 100, "Sales & more", "Two <lines>");
  svg.begin("g").line(0, 0, 10, 10, "g");
  svg.rectangle(1, 2, 3, 4, "c0", "a \"tip\"").circle(5, 5, 2, "c1");
  SvgPath path;
  svg.path(path.move_to(0, 0).line_to(1, 1.256).close(), "l0");
  svg.label(3, 4, "x < y", "a", SvgAnchor::end).end();
  const std::string out = svg.finish();
  CHECK(MarkupCheck::error(out).empty());
  CHECK_THAT(out, ContainsSubstring("viewBox=\"0 0 200 100\""));
  CHECK_THAT(out, ContainsSubstring("role=\"img\"><title>Sales &amp; more</title>"));
  CHECK_THAT(out, ContainsSubstring("<desc>Two &lt;lines&gt;</desc>"));
  CHECK_THAT(out, ContainsSubstring("d=\"M0 0L1 1.26Z\""));
  CHECK_THAT(out, ContainsSubstring("text-anchor=\"end\">x &lt; y</text>"));
}

TEST_CASE("the writer refuses what is unsafe or malformed", "[report][svg]") {
  SvgWriter svg(10, 10, "t", "");
  CHECK_THROWS_AS(svg.begin("script"), Exception);
  CHECK_THROWS_AS(svg.begin("foreignObject"), Exception);
  CHECK_THROWS_AS(svg.begin("image"), Exception);
  CHECK_THROWS_AS(svg.begin("g><script"), Exception);
  CHECK_THROWS_AS(svg.end(), Exception);
  CHECK_THROWS_AS(svg.attribute("x", 1.0), Exception);
  CHECK_THROWS_AS(svg.write("outside"), Exception);
  svg.begin("g");
  CHECK_THROWS_AS(svg.attribute("onload", "alert(1)"), Exception);
  CHECK_THROWS_AS(svg.attribute("ONCLICK", "alert(1)"), Exception);
  CHECK_THROWS_AS(svg.attribute("xlink:href", "http://example.org"), Exception);
  CHECK_THROWS_AS(svg.attribute("style", "fill:url(http://example.org)"), Exception);
  CHECK_THROWS_AS(svg.attribute("x y", "1"), Exception);
  CHECK_THROWS_AS(svg.attribute("x", missing), Exception);
  CHECK_THROWS_AS(svg.finish(), Exception);  // <g> is open
  svg.end();
  CHECK(MarkupCheck::error(svg.finish()).empty());
  CHECK_THROWS_AS(SvgWriter(0, 10, "t", ""), Exception);
  CHECK_THROWS_AS(SvgWriter(10, missing, "t", ""), Exception);
  CHECK_THROWS_AS(SvgWriter(10, 10, "t", "", "</style><script>"), Exception);
  SvgPath path;
  CHECK_THROWS_AS(path.move_to(infinity, 0), Exception);
  CHECK(path.empty());
}
