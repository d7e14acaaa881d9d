#include "emptor/report/page.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "emptor/report/chart.hpp"
#include "markup_check.hpp"
#include "sha256_base64.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;
using emptor::test::sha256_base64;
namespace fs = std::filesystem;

namespace {

const std::string attack = "</script><script>alert('x')</script><!-- \"q\" ]]> & \x01\xFF";

ReportPage full_page() {
  ReportPage page({.title = attack, .subtitle = attack, .footer = attack});
  page.add_paragraph("before any section");
  page.begin_section("Sales over time", attack);
  page.add_tile({attack, attack, attack}).add_heading(attack).add_paragraph(attack);
  page.add_list({attack, "two"}).add_note(ReportNote::warning, attack);
  page.add_chart(BarChart{.labels = {attack, attack, attack, attack, attack},
                          .categories = {attack},
                          .series = {{.name = attack, .values = {1}}}},
                 attack);
  page.begin_details(attack).add_table({.caption = attack,
                                        .columns = {attack, "n"},
                                        .rows = {{attack, 5}, {ReportCell(), 1234567}},
                                        .total = {"all", 1234572}});
  page.begin_section(attack);  // closes the details that are still open
  page.add_note(ReportNote::note, "x");
  return page;
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("emptor_report_" + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("a page is well-formed whatever its texts are", "[report][page]") {
  const std::string html = full_page().html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "<script") == 1);
  CHECK(count(html, "</script>") == 1);
  CHECK(count(html, "alert('") == 0);
  CHECK(count(html, "<details>") == count(html, "</details>"));
  CHECK(full_page().html() == html);
  CHECK(MarkupCheck::error(ReportPage({}).html()) == "");
}

TEST_CASE("the checker of this test finds what is broken", "[report][page]") {
  for (const char* broken : {"<a>", "<a></b>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a>&nbsp;</a>",
                             "<a/><b/>", "x<a/>", "<a>]]></a>", "<a b=\"<\"/>", "<a>\x01</a>",
                             "<a>\xFF</a>", "<a b=\"1\"c=\"2\"/>", "<a", ""}) {
    CAPTURE(broken);
    CHECK(MarkupCheck::error(broken) != "");
  }
  CHECK(MarkupCheck::error("<a b=\"&lt;\"><c/>&amp;</a>") == "");
}

TEST_CASE("the policy of the page allows its own style and script alone", "[report][page]") {
  CHECK(sha256_base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  const std::string html = full_page().html();
  const auto between = [&](const std::string& from, const std::string& to) {
    const std::size_t begin = html.find(from) + from.size();
    return html.substr(begin, html.find(to, begin) - begin);
  };
  CHECK_THAT(html, ContainsSubstring("default-src 'none'"));
  CHECK(between("style-src 'sha256-", "'") == sha256_base64(between("<style>", "</style>")));
  CHECK(between("script-src 'sha256-", "'") == sha256_base64(between("<script>", "</script>")));
  // Nothing refers to anything outside: the names of XML namespaces are no addresses.
  CHECK(count(html, "http") ==
        count(html, "xmlns=\"http://www.w3.org/2000/svg\"") + count(html, "http-equiv"));
  CHECK(count(html, "url(") == 0);
  CHECK(count(html, "@import") == 0);
  CHECK(count(html, " style=\"") == 0);  // the policy would refuse it
  CHECK(count(html, " src=") == 0);
}

TEST_CASE("sections have unique anchors that the navigation lists", "[report][page]") {
  ReportPage page({.title = "t"});
  CHECK(page.begin_section("Sales over time!") == "sales-over-time");
  CHECK(page.begin_section("Sales, over time") == "sales-over-time-2");
  CHECK(page.begin_section("\xE9\x94\x80\xE5\x94\xAE") == "section");
  CHECK(page.begin_section("Content") == "content-2");
  CHECK(page.begin_section("Sales over time h") == "sales-over-time-h-2");
  CHECK(page.begin_section("") == "section-2");
  const std::string html = page.html();
  CHECK(count(html, "href=\"#sales-over-time-2\"") == 1);
  CHECK(count(html, "<section id=\"sales-over-time-2\"") == 1);
  CHECK(count(html, "id=\"content\"") == 1);
}

TEST_CASE("cells know their type", "[report][table]") {
  CHECK(ReportCell(1234567).shown() == "1,234,567");
  CHECK(ReportCell(-1234).sort_key() == "-1234");
  CHECK(ReportCell(std::size_t{5}).is_number());
  CHECK(ReportCell(1234.5).shown() == "1,234.5");
  CHECK(ReportCell(0.5, {.style = NumberStyle::percent}).shown() == "50%");
  CHECK(ReportCell(0.5, {.style = NumberStyle::percent}).sort_key() == "0.5");
  CHECK(ReportCell(std::numeric_limits<double>::quiet_NaN()).is_missing());
  CHECK(ReportCell(-std::numeric_limits<double>::infinity()).sort_key() == "-1e999");
  CHECK(ReportCell(Day{std::chrono::year{2011} / 12 / 9}).shown() == "2011-12-09");
  CHECK(ReportCell(Money(-123456789, Currency("GBP"))).shown() == "-1,234,567.89 GBP");
  CHECK(ReportCell::amount(Money(5, Currency("GBP"))).shown() == "0.05");
  CHECK(ReportCell(Money(1500, Currency("JPY"))).shown() == "1,500 JPY");
  CHECK(ReportCell(Money(150000, Currency("GBP"))).sort_key() == "1500.00");
  CHECK(ReportCell("text").sort_key().empty());
}

TEST_CASE("tables align numbers and say what they leave out", "[report][table]") {
  ReportTable table{.caption = "Segments", .columns = {"Segment", "Customers"}};
  CHECK_THAT(render_html(table), ContainsSubstring("No rows"));
  for (int i = 0; i < 1500; ++i) table.rows.push_back({"lost", i});
  table.rows.push_back({"unknown", {}});
  table.row_limit = 10;
  table.total = {"all", 1};
  const std::string html = render_html(table);
  CHECK(MarkupCheck::error("<div>" + html + "</div>") == "");
  CHECK(count(html, "<tr>") == 12);  // head, ten, total
  CHECK_THAT(html, ContainsSubstring("<th scope=\"col\" class=\"num\">Customers</th>"));
  CHECK_THAT(html, ContainsSubstring("<td class=\"num\" data-v=\"7\">7</td>"));
  CHECK_THAT(html, ContainsSubstring("The first 10 of 1,501 rows."));
  table.rows.push_back({"short"});
  CHECK_THROWS_WITH(render_html(table), ContainsSubstring("1 cells where the table has 2"));
}

TEST_CASE("figures must be pictures, details must balance", "[report][page]") {
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(page.add_figure({.svg = "<img src=x>"}), Exception);
  CHECK_THROWS_AS(page.add_figure({.svg = ""}), Exception);
  CHECK_THROWS_AS(page.end_details(), Exception);
  CHECK_THROWS_AS(ReportPage({.language = "en\" onload=\"x"}), Exception);
  CHECK_THAT(ReportPage({.theme = ReportTheme::dark}).html(),
             ContainsSubstring("<html lang=\"en\" data-theme=\"dark\">"));
}

TEST_CASE("a page is written whole or not at all", "[report][page]") {
  const Folder folder;
  const std::string path = (folder.path / "report.html").string();
  const ReportPage page = full_page();
  REQUIRE(page.write(path));
  CHECK(read(path) == page.html());

  const Result<void> onto_folder = page.write(folder.path.string());
  REQUIRE(!onto_folder);
  CHECK(onto_folder.error().code == ErrorCode::io);
  CHECK(!page.write((folder.path / "no" / "such" / "folder.html").string()));
  CHECK(!page.write(""));
  CHECK(folder.files() == 1);

  if (fs::exists("/dev/full")) {
    const Result<void> full = page.write("/dev/full");
    REQUIRE(!full);
    CHECK(full.error().code == ErrorCode::io);
  }

  // A disk that is full after 4 kB: what was there stays, nothing half-written is left.
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  ReportPage larger({.title = "larger"});
  const Result<void> stopped = larger.write(path);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE(!stopped);
  CHECK(stopped.error().code == ErrorCode::io);
  CHECK(read(path) == page.html());
  CHECK(folder.files() == 1);
}
