#include "emptor/identity/identifier_graph_options.hpp"

namespace emptor {

namespace {

[[nodiscard]] constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] bool continues_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

[[nodiscard]] bool same_text(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// On a mismatch the last star takes one byte more; no earlier star needs to.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view value) noexcept {
  constexpr std::size_t no_star = std::string_view::npos;
  std::size_t g = 0, v = 0, star = no_star, star_value = 0;
  while (v < value.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_value = v;
    } else if (g < glob.size() && glob[g] == '?') {
      ++g;
      ++v;
      while (v < value.size() && continues_character(value[v])) ++v;
    } else if (g < glob.size() && lower(glob[g]) == lower(value[v])) {
      ++g;
      ++v;
    } else if (star != no_star) {
      g = star + 1;
      v = ++star_value;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace

bool matches(const BlockedPattern& pattern, std::string_view value) {
  switch (pattern.kind) {
    case BlockedPattern::Kind::exact:
      return same_text(pattern.text, value);
    case BlockedPattern::Kind::glob:
      return matches_glob(pattern.text, value);
    case BlockedPattern::Kind::only:
      for (const char c : value) {
        bool known = false;
        for (const char allowed : pattern.text) known = known || lower(allowed) == lower(c);
        if (!known) return false;
      }
      return true;
  }
  return false;
}

std::vector<IdentifierRule> default_identifier_rules() {
  return {{"user_id", {1, LimitWindow::ever}, true, {}},
          {"email", {5, LimitWindow::annually}, false, {}},
          {"phone", {5, LimitWindow::annually}, false, {}},
          {"device_id", {5, LimitWindow::annually}, false, {}},
          {"anonymous_id", {5, LimitWindow::monthly}, false, {}}};
}

std::vector<BlockedPattern> default_blocked_identifiers() {
  using enum BlockedPattern::Kind;
  return {{only, "0-"},         {exact, "-1"},      {exact, "null"}, {exact, "anonymous"},
          {exact, "undefined"}, {exact, "unknown"}, {exact, "none"}, {exact, "n/a"}};
}

}  // namespace emptor
