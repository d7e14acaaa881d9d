#include "report/utf8.hpp"

namespace emptor::detail {

namespace {

bool in(char32_t value, char32_t first, char32_t last) {
  return value >= first && value <= last;
}

// Draws nothing of its own: combining marks, joiners, variation selectors, bidi controls.
bool is_zero_width(char32_t c) {
  return in(c, 0x0300, 0x036F) || in(c, 0x0483, 0x0489) || in(c, 0x0591, 0x05BD) ||
         in(c, 0x064B, 0x065F) || in(c, 0x093A, 0x093C) || in(c, 0x0941, 0x094D) ||
         in(c, 0x0E34, 0x0E3A) || in(c, 0x0E47, 0x0E4E) || in(c, 0x1AB0, 0x1AFF) ||
         in(c, 0x200B, 0x200F) || in(c, 0x202A, 0x202E) || in(c, 0x2060, 0x2069) ||
         in(c, 0x20D0, 0x20F0) || in(c, 0xFE00, 0xFE0F) || in(c, 0xFE20, 0xFE2F) ||
         in(c, 0x1F3FB, 0x1F3FF);
}

bool is_wide(char32_t c) {
  return in(c, 0x1100, 0x115F) || in(c, 0x2E80, 0xA4CF) || in(c, 0xAC00, 0xD7A3) ||
         in(c, 0xF900, 0xFAFF) || in(c, 0xFE30, 0xFE6F) || in(c, 0xFF00, 0xFF60) ||
         in(c, 0x1F300, 0x1FAFF) || in(c, 0x20000, 0x3FFFD);
}

// Widths of a wide sans-serif font, so that what fits here fits in the reader's font too.
double em_width(char32_t c) {
  if (is_zero_width(c)) return 0;
  if (is_wide(c)) return 1;
  if (c > 0x7E) return c == 0x2026 ? 1 : 0.66;
  if (in(c, U'0', U'9')) return 0.64;
  constexpr std::u32string_view narrow = U"ijlI.,:;'|! ";
  constexpr std::u32string_view slim = U"ftr()[]-/\"J";
  constexpr std::u32string_view broad = U"mwMW@%&+<=>#~";
  if (narrow.find(c) != narrow.npos) return 0.33;
  if (slim.find(c) != slim.npos) return 0.41;
  if (broad.find(c) != broad.npos) return 0.95;
  return in(c, U'A', U'Z') ? 0.72 : 0.61;
}

}  // namespace

CodePoint decode_utf8(std::string_view bytes, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0) return {};
  char32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (i == 1) {  // over-long forms, surrogates and values above U+10FFFF
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    }
    if (at + i >= bytes.size() || byte(i) < low || byte(i) > high) return {0, i, false};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  return {value, length, true};
}

bool is_xml_character(char32_t c) noexcept {
  if (c == 0x9 || c == 0xA || c == 0xD) return true;
  if (c < 0x20 || in(c, 0x7F, 0x9F) || in(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE) {
    return false;
  }
  return true;
}

double text_width(std::string_view content, double size) noexcept {
  double ems = 0;
  for (std::size_t at = 0; at < content.size();) {
    const CodePoint point = decode_utf8(content, at);
    ems += point.valid ? em_width(point.value) : 1.0;
    at += point.length;
  }
  return ems * size;
}

std::string shorten(std::string_view content, double width, double size) {
  if (text_width(content, size) <= width) return std::string(content);
  constexpr double ellipsis = 1;
  double ems = ellipsis;
  std::size_t at = 0;
  while (at < content.size()) {
    const CodePoint point = decode_utf8(content, at);
    const double wide = point.valid ? em_width(point.value) : 1.0;
    if ((ems + wide) * size > width && wide > 0) break;
    ems += wide;
    at += point.length;
  }
  while (at > 0 && content[at - 1] == ' ') --at;
  return std::string(content.substr(0, at)) + "\xE2\x80\xA6";
}

std::vector<std::string> wrap(std::string_view content, double width, double size,
                              std::size_t max_lines) {
  std::vector<std::string> lines;
  while (!content.empty()) {
    while (!content.empty() && content.front() == ' ') content.remove_prefix(1);
    if (lines.size() + 1 >= max_lines || text_width(content, size) <= width) {
      if (!content.empty()) lines.push_back(shorten(content, width, size));
      break;
    }
    std::size_t cut = std::string_view::npos;
    for (std::size_t at = content.find(' '); at != std::string_view::npos;
         at = content.find(' ', at + 1)) {
      if (text_width(content.substr(0, at), size) > width) break;
      cut = at;
    }
    if (cut == std::string_view::npos) {  // one long word: cut it where it no longer fits
      double ems = 0;
      cut = 0;
      while (cut < content.size()) {
        const CodePoint point = decode_utf8(content, cut);
        ems += point.valid ? em_width(point.value) : 1.0;
        if (cut > 0 && ems * size > width) break;
        cut += point.length;
      }
    }
    lines.emplace_back(content.substr(0, cut));
    content.remove_prefix(cut);
  }
  return lines;
}

}  // namespace emptor::detail
