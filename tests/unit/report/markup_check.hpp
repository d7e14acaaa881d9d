#pragma once
// A strict, small checker of well-formed XML (no DTD, no namespaces): tags nest, attributes are
// quoted and unique, references are known, characters are legal, one root element.

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/report/svg.hpp"

namespace emptor::test {

/// How often `what` stands in `in`.
inline std::size_t count(std::string_view in, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = in.find(what); at != in.npos; at = in.find(what, at + 1)) ++n;
  return n;
}

class MarkupCheck {
 public:
  /// Empty when `markup` is well-formed, else what is wrong and where.
  static std::string error(std::string_view markup) {
    MarkupCheck check(markup);
    check.run();
    return check.error_;
  }

 private:
  explicit MarkupCheck(std::string_view markup) : in_(markup) {}

  void run() {
    const std::string_view replaced = "\xEF\xBF\xBD";  // what illegal bytes are escaped to
    if (count(escape_markup(in_), replaced) != count(in_, replaced)) fail("illegal character", 0);
    if (starts("<!DOCTYPE html>")) at_ += 15;
    while (error_.empty() && at_ < in_.size()) {
      if (in_[at_] != '<') {
        text();
      } else if (starts("</")) {
        close();
      } else {
        open();
      }
    }
    if (error_.empty() && !open_.empty()) fail("never closed: " + open_.back(), at_);
    if (error_.empty() && roots_ != 1) fail("not one root element", 0);
  }

  void text() {
    for (; at_ < in_.size() && in_[at_] != '<' && error_.empty(); ++at_) {
      if (in_[at_] == '&') reference();
      if (starts("]]>")) fail("]]> in text", at_);
      const bool space = in_[at_] == ' ' || in_[at_] == '\n';
      if (open_.empty() && !space) fail("text outside the root", at_);
    }
  }

  void reference() {
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      if (starts(known)) return;
    }
    fail("unknown reference", at_);
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < in_.size() && std::string_view(" \n/>=\"'<&").find(in_[at_]) == in_.npos) ++at_;
    if (at_ == begin) fail("a name is missing", at_);
    return std::string(in_.substr(begin, at_ - begin));
  }

  void open() {
    ++at_;
    const std::string element = name();
    std::set<std::string> seen;
    while (error_.empty()) {
      const std::size_t before = at_;
      while (at_ < in_.size() && (in_[at_] == ' ' || in_[at_] == '\n')) ++at_;
      if (at_ >= in_.size()) return fail("a tag never ends", at_);
      if (starts("/>") || in_[at_] == '>') break;
      if (before == at_) return fail("no space before an attribute", at_);
      const std::string attribute = name();
      if (!seen.insert(attribute).second) return fail("twice: " + attribute, at_);
      if (!starts("=\"")) return fail("an attribute without a quoted value", at_);
      for (at_ += 2; at_ < in_.size() && in_[at_] != '"' && error_.empty(); ++at_) {
        if (in_[at_] == '<') return fail("< in an attribute", at_);
        if (in_[at_] == '&') reference();
      }
      ++at_;
    }
    if (open_.empty()) ++roots_;
    if (starts("/>")) {
      at_ += 2;
    } else {
      ++at_;
      open_.push_back(element);
    }
  }

  void close() {
    at_ += 2;
    const std::string element = name();
    if (at_ >= in_.size() || in_[at_] != '>') return fail("a closing tag never ends", at_);
    ++at_;
    if (open_.empty() || open_.back() != element) return fail("does not nest: " + element, at_);
    open_.pop_back();
  }

  [[nodiscard]] bool starts(std::string_view with) const {
    return in_.substr(at_).starts_with(with);
  }
  void fail(const std::string& what, std::size_t where) {
    if (error_.empty()) {
      const std::size_t from = where < 40 ? 0 : where - 40;
      error_ = what + " near '" + std::string(in_.substr(from, 80)) + "'";
    }
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  int roots_ = 0;
  std::string error_;
};

}  // namespace emptor::test
