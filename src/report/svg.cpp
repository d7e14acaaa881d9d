#include "emptor/report/svg.hpp"

#include <cmath>
#include <utility>

#include "report/utf8.hpp"

namespace emptor {

namespace {

constexpr std::string_view where = "SvgWriter";

bool is_name(std::string_view name) {
  if (name.empty() || name.front() == '-' || name.front() == ':') return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != ':') return false;
  }
  return name.front() < '0' || name.front() > '9';
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Drawing and description only: nothing that runs, loads or embeds.
bool is_drawing_element(std::string_view name) {
  for (const std::string_view allowed :
       {"g", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan",
        "title", "desc", "defs", "linearGradient", "stop", "clipPath"}) {
    if (name == allowed) return true;
  }
  return false;
}

bool is_active_attribute(std::string_view name) {
  const std::string small = lower(name);
  return small.starts_with("on") || small.ends_with("href") || small == "src" || small == "style" ||
         small.starts_with("xmlns");
}

[[noreturn]] void refuse(std::string message) {
  throw Exception(ErrorCode::invalid_value, std::move(message), std::string(where));
}

}  // namespace

std::string escape_markup(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 8);
  for (std::size_t at = 0; at < content.size();) {
    const detail::CodePoint point = detail::decode_utf8(content, at);
    switch (point.value) {
      case U'&':
        out += "&amp;";
        break;
      case U'<':
        out += "&lt;";
        break;
      case U'>':
        out += "&gt;";
        break;
      case U'"':
        out += "&quot;";
        break;
      case U'\'':
        out += "&#39;";
        break;
      default:
        if (point.valid && detail::is_xml_character(point.value)) {
          out.append(content.substr(at, point.length));
        } else {
          out += detail::replacement_character;
        }
    }
    at += point.length;
  }
  return out;
}

std::string format_coordinate(double value, int decimals) {
  if (!std::isfinite(value)) {
    throw Exception(ErrorCode::invalid_value, "a coordinate must be finite", "format_coordinate");
  }
  std::string out = fixed(value, decimals < 0 ? 0 : decimals > 4 ? 4 : decimals);
  if (out.find('.') != std::string::npos) {
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

SvgPath& SvgPath::move_to(double x, double y) {
  return point('M', x, y), *this;
}
SvgPath& SvgPath::line_to(double x, double y) {
  return point('L', x, y), *this;
}

SvgPath& SvgPath::close() {
  data_ += 'Z';
  return *this;
}

void SvgPath::point(char command, double x, double y) {
  const std::string px = format_coordinate(x);
  const std::string py = format_coordinate(y);
  data_ += command;
  data_ += px;
  data_ += ' ';
  data_ += py;
}

SvgWriter::SvgWriter(double width, double height, std::string_view title,
                     std::string_view description, std::string_view style) {
  if (!(width > 0) || !(height > 0)) refuse("width and height must be > 0");
  const std::string w = format_coordinate(width);
  const std::string h = format_coordinate(height);
  out_ = text("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 ", w, ' ', h,
              "\" width=\"", w, "\" height=\"", h, "\" role=\"img\">");
  out_ += text("<title>", escape_markup(title), "</title>");
  if (!description.empty()) out_ += text("<desc>", escape_markup(description), "</desc>");
  if (!style.empty()) {
    if (style.find_first_of("<&") != std::string_view::npos) refuse("style must not hold < or &");
    out_ += text("<style>", style, "</style>");
  }
}

SvgWriter& SvgWriter::begin(std::string_view element) {
  if (!is_drawing_element(element)) refuse("this element is not for drawing");
  close_tag();
  out_ += '<';
  out_ += element;
  open_.emplace_back(element);
  in_tag_ = true;
  return *this;
}

SvgWriter& SvgWriter::attribute(std::string_view name, std::string_view value) {
  if (!in_tag_) refuse("an attribute must follow begin()");
  if (!is_name(name) || is_active_attribute(name)) refuse("this attribute is not for drawing");
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  out_ += escape_markup(value);
  out_ += '"';
  return *this;
}

SvgWriter& SvgWriter::attribute(std::string_view name, double value) {
  return attribute(name, std::string_view(format_coordinate(value)));
}

SvgWriter& SvgWriter::write(std::string_view content) {
  if (open_.empty()) refuse("text must stand inside an element");
  close_tag();
  out_ += escape_markup(content);
  return *this;
}

SvgWriter& SvgWriter::tip(std::string_view content) {
  return begin("title").write(content).end();
}

SvgWriter& SvgWriter::end() {
  if (open_.empty()) refuse("end() without begin()");
  if (in_tag_) {
    out_ += "/>";
    in_tag_ = false;
  } else {
    out_ += text("</", open_.back(), '>');
  }
  open_.pop_back();
  return *this;
}

SvgWriter& SvgWriter::line(double x1, double y1, double x2, double y2,
                           std::string_view style_class) {
  begin("line").attribute("x1", x1).attribute("y1", y1).attribute("x2", x2).attribute("y2", y2);
  attributes(style_class);
  return end();
}

SvgWriter& SvgWriter::rectangle(double x, double y, double width, double height,
                                std::string_view style_class, std::string_view tip_text) {
  begin("rect").attribute("x", x).attribute("y", y);
  attribute("width", width).attribute("height", height);
  attributes(style_class);
  finish_shape(tip_text);
  return *this;
}

SvgWriter& SvgWriter::circle(double x, double y, double radius, std::string_view style_class,
                             std::string_view tip_text) {
  begin("circle").attribute("cx", x).attribute("cy", y).attribute("r", radius);
  attributes(style_class);
  finish_shape(tip_text);
  return *this;
}

SvgWriter& SvgWriter::path(const SvgPath& path, std::string_view style_class,
                           std::string_view tip_text) {
  begin("path").attribute("d", std::string_view(path.data()));
  attributes(style_class);
  finish_shape(tip_text);
  return *this;
}

SvgWriter& SvgWriter::label(double x, double y, std::string_view content,
                            std::string_view style_class, SvgAnchor anchor,
                            std::string_view tip_text) {
  begin("text").attribute("x", x).attribute("y", y);
  attributes(style_class);
  if (anchor == SvgAnchor::middle) attribute("text-anchor", "middle");
  if (anchor == SvgAnchor::end) attribute("text-anchor", "end");
  if (!tip_text.empty()) tip(tip_text);
  return write(content).end();
}

std::string SvgWriter::finish() {
  if (!open_.empty()) refuse(text("<", open_.back(), "> is still open"));
  out_ += "</svg>";
  return std::exchange(out_, {});
}

void SvgWriter::close_tag() {
  if (in_tag_) out_ += '>';
  in_tag_ = false;
}

void SvgWriter::attributes(std::string_view style_class) {
  if (!style_class.empty()) attribute("class", style_class);
}

void SvgWriter::finish_shape(std::string_view tip_text) {
  if (!tip_text.empty()) tip(tip_text);
  end();
}

}  // namespace emptor
