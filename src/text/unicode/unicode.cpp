#include "emptor/text/unicode.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>

#include "emptor/text/utf8.hpp"

namespace emptor {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* memory) const noexcept { std::free(memory); }
};

std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8_character(text, at);
    at += character.bytes;
    append_utf8(out, character.value);
  }
  return out;
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* result = nullptr;
  const auto map = [&](std::string_view from) {
    return utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(from.data()),
                        static_cast<utf8proc_ssize_t>(from.size()), &result,
                        static_cast<utf8proc_option_t>(options));
  };
  utf8proc_ssize_t length = map(text);
  if (length == UTF8PROC_ERROR_INVALIDUTF8) length = map(repaired(text));
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(result);
  if (length == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (length < 0) throw std::length_error(utf8proc_errmsg(length));
  return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(length)};
}

}  // namespace

std::string nfkc_casefold(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                          UTF8PROC_IGNORE);
}

std::string nfc(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

}  // namespace emptor
