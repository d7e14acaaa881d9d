#include "emptor/report/page.hpp"

#include <span>
#include <utility>

#include "emptor/core/archive_file.hpp"
#include "emptor/report/svg.hpp"
#include "report/style.hpp"

namespace emptor {

namespace {

void check_svg(std::string_view svg) {
  if (svg.starts_with("<svg ") && svg.ends_with("</svg>")) return;
  throw Exception(ErrorCode::invalid_value, "a figure must be one <svg> element",
                  "ReportPage::add_figure");
}

void check_language(std::string_view tag) {
  bool fits = !tag.empty() && tag.size() <= 35;
  for (const char c : tag) {
    fits = fits &&
           ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
  }
  if (fits) return;
  throw Exception(ErrorCode::invalid_option, "'language' must be a BCP 47 tag such as 'en'",
                  "language");
}

std::string closing(bool in_section, int open_details) {
  std::string out;
  for (int i = 0; i < open_details; ++i) out += "</details>\n";
  if (in_section) out += "</section>\n";
  return out;
}

}  // namespace

ReportPage::ReportPage(ReportHeader header) : header_(std::move(header)) {
  check_language(header_.language);
}

ReportPage& ReportPage::add_tile(const ReportTile& tile) {
  tiles_.push_back(tile);
  return *this;
}

std::string ReportPage::begin_section(std::string_view title, std::string_view lead) {
  close_section();
  sections_.push_back({anchor_for(title), std::string(title)});
  const std::string& anchor = sections_.back().anchor;
  body_ += text("<section id=\"", anchor, "\" aria-labelledby=\"", anchor, "-h\">\n<h2 id=\"",
                anchor, "-h\">", escape_markup(title), "</h2>\n");
  if (!lead.empty()) body_ += text("<p class=\"lead\">", escape_markup(lead), "</p>\n");
  in_section_ = true;
  return anchor;
}

ReportPage& ReportPage::add_heading(std::string_view title) {
  open_block();
  body_ += text("<h3>", escape_markup(title), "</h3>\n");
  return *this;
}

ReportPage& ReportPage::add_paragraph(std::string_view content) {
  open_block();
  body_ += text("<p>", escape_markup(content), "</p>\n");
  return *this;
}

ReportPage& ReportPage::add_list(const std::vector<std::string>& entries) {
  if (entries.empty()) return *this;
  open_block();
  body_ += "<ul>\n";
  for (const std::string& entry : entries) {
    body_ += text("<li>", escape_markup(entry), "</li>\n");
  }
  body_ += "</ul>\n";
  return *this;
}

ReportPage& ReportPage::add_table(const ReportTable& table) {
  const std::string html = render_html(table);
  open_block();
  body_ += html;
  return *this;
}

ReportPage& ReportPage::add_figure(const ReportFigure& figure) {
  check_svg(figure.svg);
  if (!figure.narrow_svg.empty()) check_svg(figure.narrow_svg);
  open_block();
  body_ += "<figure>\n";
  if (figure.narrow_svg.empty()) {
    body_ += text("<div>", figure.svg, "</div>\n");
  } else {
    body_ += text("<div class=\"wide\">", figure.svg, "</div>\n<div class=\"narrow\">",
                  figure.narrow_svg, "</div>\n");
  }
  if (!figure.caption.empty()) {
    body_ += text("<figcaption>", escape_markup(figure.caption), "</figcaption>\n");
  }
  body_ += "</figure>\n";
  return *this;
}

ReportPage& ReportPage::add_note(ReportNote kind, std::string_view content) {
  open_block();
  const bool warning = kind == ReportNote::warning;
  body_ += text("<div class=\"note", warning ? " warning" : "", "\" role=\"note\"><strong>",
                warning ? "Please note" : "Note", "</strong><p>", escape_markup(content),
                "</p></div>\n");
  return *this;
}

ReportPage& ReportPage::begin_details(std::string_view summary) {
  open_block();
  body_ += text("<details><summary>", escape_markup(summary), "</summary>\n");
  ++open_details_;
  return *this;
}

ReportPage& ReportPage::end_details() {
  if (open_details_ == 0) {
    throw Exception(ErrorCode::invalid_value, "end_details() without begin_details()",
                    "ReportPage");
  }
  body_ += "</details>\n";
  --open_details_;
  return *this;
}

std::string ReportPage::html() const {
  const std::string title = escape_markup(header_.title);
  const std::string_view theme = header_.theme == ReportTheme::dark    ? " data-theme=\"dark\""
                                 : header_.theme == ReportTheme::light ? " data-theme=\"light\""
                                                                       : "";
  std::string out = text("<!DOCTYPE html>\n<html lang=\"", header_.language, '"', theme,
                         ">\n<head>\n<meta charset=\"utf-8\"/>\n");
  out += text(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'sha256-",
      detail::fingerprint(detail::page_style()), "'; script-src 'sha256-",
      detail::fingerprint(detail::page_script()),
      "'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n");
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n";
  out += text("<title>", title, "</title>\n<style>", detail::page_style(), "</style>\n</head>\n");
  out += text("<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n",
              "<div class=\"page\">\n<header class=\"head\"><div><h1>", title, "</h1>");
  if (!header_.subtitle.empty()) out += text("<p>", escape_markup(header_.subtitle), "</p>");
  out += "</div></header>\n";
  if (!tiles_.empty()) {
    out += "<dl class=\"tiles\">\n";
    for (const ReportTile& tile : tiles_) {
      out += text("<div class=\"tile\"><dt>", escape_markup(tile.label),
                  "</dt><dd class=\"value\">", escape_markup(tile.value), "</dd>");
      if (!tile.about.empty()) {
        out += text("<dd class=\"about\">", escape_markup(tile.about), "</dd>");
      }
      out += "</div>\n";
    }
    out += "</dl>\n";
  }
  const bool with_navigation = sections_.size() > 1;
  out += with_navigation ? "<div class=\"columns\">\n" : "<div>\n";
  if (with_navigation) {
    out += "<nav aria-label=\"Sections\"><ol>\n";
    for (const Section& section : sections_) {
      out += text("<li><a href=\"#", section.anchor, "\">", escape_markup(section.title),
                  "</a></li>\n");
    }
    out += "</ol></nav>\n";
  }
  out += text("<main id=\"content\">\n", body_, closing(in_section_, open_details_),
              "</main>\n</div>\n");
  if (!header_.footer.empty()) {
    out += text("<footer>", escape_markup(header_.footer), "</footer>\n");
  }
  out += text("</div>\n<script>", detail::page_script(), "</script>\n</body>\n</html>\n");
  return out;
}

Result<void> ReportPage::write(const std::string& path) const {
  const std::string page = html();
  return write_file(path, std::as_bytes(std::span(page)));
}

void ReportPage::open_block() {
  if (in_section_) return;
  body_ += "<section>\n";
  in_section_ = true;
}

void ReportPage::close_section() {
  body_ += closing(in_section_, open_details_);
  in_section_ = false;
  open_details_ = 0;
}

std::string ReportPage::anchor_for(std::string_view title) const {
  std::string slug;
  for (const char c : title) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9')) {
      slug += low;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() >= 60) break;
  }
  while (slug.ends_with('-')) slug.pop_back();
  if (slug.empty()) slug = "section";
  const auto taken = [&](const std::string& anchor) {
    if (anchor == "content") return true;
    for (const Section& section : sections_) {
      if (section.anchor == anchor || section.anchor + "-h" == anchor ||
          section.anchor == anchor + "-h") {
        return true;
      }
    }
    return false;
  };
  std::string anchor = slug;
  for (int i = 2; taken(anchor); ++i) anchor = text(slug, '-', i);
  return anchor;
}

}  // namespace emptor
