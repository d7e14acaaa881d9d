#pragma once
// One self-contained HTML page: everything it needs stands in it, and its content security policy
// forbids every request to the network. It reads without script (which only sorts tables and
// switches colours), on a phone, in print, in light and dark. The markup is well-formed XML.
//
// Every text may be any bytes; all are escaped. Blocks appear in the order they are added. The same
// calls give the same bytes. Cost: linear in what is added. Thread safety: one page a thread.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/report/chart_common.hpp"
#include "emptor/report/table.hpp"

namespace emptor {

enum class ReportTheme : unsigned char { automatic, light, dark };

struct ReportHeader {
  std::string title{};
  std::string subtitle{};       ///< e.g. the shop and the span of its data; may be empty
  std::string footer{};         ///< a last line; may be empty
  std::string language = "en";  ///< BCP 47 tag of the texts
  ReportTheme theme = ReportTheme::automatic;  ///< automatic: what the reader's system prefers
};

struct ReportTile {
  std::string label{};  ///< "Customers"
  std::string value{};  ///< "4,338"
  std::string about{};  ///< one line below; may be empty
};

struct ReportFigure {
  std::string svg{};         ///< what a chart's `render_svg` gave
  std::string narrow_svg{};  ///< the same for a phone; empty: `svg` is shrunk
  std::string caption{};     ///< what to see in it; may be empty
};

enum class ReportNote : unsigned char { note, warning };

class EMPTOR_API ReportPage {
 public:
  explicit ReportPage(ReportHeader header);

  /// A summary number on top of the page, in the order added, whenever it is added.
  ReportPage& add_tile(const ReportTile& tile);

  /// Starts a section, which the navigation lists; what is added next stands in it. Returns its
  /// anchor ("sales-over-time"), unique in the page.
  std::string begin_section(std::string_view title, std::string_view lead = {});
  ReportPage& add_heading(std::string_view title);
  ReportPage& add_paragraph(std::string_view content);
  ReportPage& add_list(const std::vector<std::string>& entries);
  ReportPage& add_table(const ReportTable& table);
  /// Throws `invalid_value` unless the pictures are `<svg>` elements; make them with the charts.
  ReportPage& add_figure(const ReportFigure& figure);
  ReportPage& add_note(ReportNote kind, std::string_view content);
  /// What is added until `end_details()` (or the section's end) is folded below `summary`.
  ReportPage& begin_details(std::string_view summary);
  ReportPage& end_details();

  /// A chart for wide screens and once more for phones.
  template <class Chart>
  ReportPage& add_chart(const Chart& chart, std::string_view caption = {}) {
    return add_figure({.svg = render_svg(chart, ChartSize{}),
                       .narrow_svg = render_svg(chart, ChartSize{.width = 340}),
                       .caption = std::string(caption)});
  }

  [[nodiscard]] std::string html() const;

  /// Writes `html()` to `path`, whole or not at all: see `write_file`.
  [[nodiscard]] Result<void> write(const std::string& path) const;

 private:
  struct Section {
    std::string anchor;
    std::string title;
  };
  void open_block();
  void close_section();
  [[nodiscard]] std::string anchor_for(std::string_view title) const;

  ReportHeader header_;
  std::vector<ReportTile> tiles_;
  std::vector<Section> sections_;
  std::string body_;
  bool in_section_ = false;
  int open_details_ = 0;
};

}  // namespace emptor
