#pragma once
// A small SVG writer that cannot write anything unsafe or malformed: names of elements and
// attributes come from a fixed alphabet, every text and attribute value is escaped, invalid UTF-8
// becomes U+FFFD, coordinates must be finite, and an unclosed element is an error rather than a
// broken picture. The result is well-formed XML that stands alone or inside an HTML page.
//
// Source: SVG 1.1 (W3C Recommendation, 16 August 2011) and XML 1.0 (fifth edition) section 2.2.
// Cost: linear in the output. Thread safety: one writer a thread; the functions are pure.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

/// `content` made safe for XML or HTML text and for quoted attribute values: & < > " ' become
/// references; bytes that are not UTF-8 and characters that XML 1.0 forbids become U+FFFD.
[[nodiscard]] EMPTOR_API std::string escape_markup(std::string_view content);

/// `value` with at most `decimals` (clamped to [0, 4]) digits after the point and no trailing
/// zeros: "12.5", "-3", "0" (never "-0"). Throws `invalid_value` for NaN and infinities.
[[nodiscard]] EMPTOR_API std::string format_coordinate(double value, int decimals = 2);

/// The `d` of a `<path>`; a point that is not finite throws `invalid_value`.
class EMPTOR_API SvgPath {
 public:
  SvgPath& move_to(double x, double y);
  SvgPath& line_to(double x, double y);
  SvgPath& close();
  [[nodiscard]] const std::string& data() const noexcept { return data_; }
  [[nodiscard]] bool empty() const noexcept { return data_.empty(); }

 private:
  void point(char command, double x, double y);
  std::string data_;
};

enum class SvgAnchor : unsigned char { start, middle, end };

class EMPTOR_API SvgWriter {
 public:
  /// Opens a picture of `width` x `height` user units (both > 0). Title and description become
  /// `<title>` and `<desc>`, which is what a screen reader says; `style` is a style sheet for a
  /// picture that stands alone, empty inside a page that brings its own.
  SvgWriter(double width, double height, std::string_view title, std::string_view description,
            std::string_view style = {});

  /// Opens an element. Names are letters, digits, '-' and ':'; `script`, `foreignObject` and other
  /// elements that run code or load files are refused with `invalid_value`.
  SvgWriter& begin(std::string_view element);
  /// Adds an attribute to the element just begun; `on...`, `href`, `src` and `style` are refused.
  SvgWriter& attribute(std::string_view name, std::string_view value);
  SvgWriter& attribute(std::string_view name, double value);
  /// Adds escaped text inside the open element.
  SvgWriter& write(std::string_view content);
  /// Adds a `<title>` to the open element: the tip that a browser shows over it.
  SvgWriter& tip(std::string_view content);
  SvgWriter& end();

  /// Shapes with a class of the style sheet; a tip may be empty.
  SvgWriter& line(double x1, double y1, double x2, double y2, std::string_view style_class);
  SvgWriter& rectangle(double x, double y, double width, double height,
                       std::string_view style_class, std::string_view tip_text = {});
  SvgWriter& circle(double x, double y, double radius, std::string_view style_class,
                    std::string_view tip_text = {});
  SvgWriter& path(const SvgPath& path, std::string_view style_class,
                  std::string_view tip_text = {});
  SvgWriter& label(double x, double y, std::string_view content, std::string_view style_class,
                   SvgAnchor anchor = SvgAnchor::start, std::string_view tip_text = {});

  /// Closes the picture and gives it away. Throws `invalid_value` when an element is still open.
  [[nodiscard]] std::string finish();

 private:
  void close_tag();
  void attributes(std::string_view style_class);
  void finish_shape(std::string_view tip_text);

  std::string out_;
  std::vector<std::string> open_;
  bool in_tag_ = false;
};

}  // namespace emptor
