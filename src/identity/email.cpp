#include "emptor/identity/email.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "folded_text.hpp"

namespace emptor {

namespace {

/// What a provider ignores in the part before the @.
struct Provider {
  std::string_view domain;
  std::string_view same_as{};  ///< the domain of the same mailboxes, if another one
  char tag = 0;                ///< the sign before a tag
  bool drops_dots = false;
  bool dash_is_dot = false;
};

// Sources: the providers' help pages on aliases. A provider without a tag sign is listed because
// anyone gets an address there.
constexpr Provider providers[] = {
    {"gmail.com", {}, '+', true},
    {"googlemail.com", "gmail.com", '+', true},
    {"outlook.com", {}, '+'},
    {"outlook.de", {}, '+'},
    {"outlook.fr", {}, '+'},
    {"outlook.es", {}, '+'},
    {"outlook.it", {}, '+'},
    {"outlook.jp", {}, '+'},
    {"outlook.com.br", {}, '+'},
    {"outlook.com.au", {}, '+'},
    {"hotmail.com", {}, '+'},
    {"hotmail.co.uk", {}, '+'},
    {"hotmail.de", {}, '+'},
    {"hotmail.fr", {}, '+'},
    {"hotmail.es", {}, '+'},
    {"hotmail.it", {}, '+'},
    {"live.com", {}, '+'},
    {"live.cn", {}, '+'},
    {"live.de", {}, '+'},
    {"live.fr", {}, '+'},
    {"live.nl", {}, '+'},
    {"live.co.uk", {}, '+'},
    {"msn.com", {}, '+'},
    {"yahoo.com", {}, '-'},
    {"yahoo.co.uk", {}, '-'},
    {"yahoo.co.in", {}, '-'},
    {"yahoo.in", {}, '-'},
    {"yahoo.de", {}, '-'},
    {"yahoo.fr", {}, '-'},
    {"yahoo.es", {}, '-'},
    {"yahoo.it", {}, '-'},
    {"yahoo.ca", {}, '-'},
    {"yahoo.com.au", {}, '-'},
    {"yahoo.com.br", {}, '-'},
    {"yahoo.com.tw", {}, '-'},
    {"yahoo.com.hk", {}, '-'},
    {"yahoo.co.jp", {}},
    {"ymail.com", {}, '-'},
    {"rocketmail.com", {}, '-'},
    {"icloud.com", {}, '+'},
    {"me.com", "icloud.com", '+'},
    {"mac.com", "icloud.com", '+'},
    {"fastmail.com", {}, '+'},
    {"fastmail.fm", {}, '+'},
    {"proton.me", {}, '+', true},
    {"protonmail.com", "proton.me", '+', true},
    {"protonmail.ch", "proton.me", '+', true},
    {"pm.me", "proton.me", '+', true},
    {"yandex.ru", {}, '+', false, true},
    {"yandex.com", "yandex.ru", '+', false, true},
    {"yandex.ua", "yandex.ru", '+', false, true},
    {"yandex.by", "yandex.ru", '+', false, true},
    {"yandex.kz", "yandex.ru", '+', false, true},
    {"ya.ru", "yandex.ru", '+', false, true},
    {"mail.ru", {}, '+'},
    {"inbox.ru", {}, '+'},
    {"list.ru", {}, '+'},
    {"bk.ru", {}, '+'},
    {"rambler.ru", {}},
    {"zoho.com", {}, '+'},
    {"zohomail.com", {}, '+'},
    {"hey.com", {}, '+'},
    {"mailbox.org", {}, '+'},
    {"posteo.de", {}, '+'},
    {"pobox.com", {}, '+'},
    {"tutanota.com", {}},
    {"aol.com", {}},
    {"aim.com", {}},
    {"mail.com", {}},
    {"email.com", {}},
    {"gmx.com", {}},
    {"gmx.net", {}},
    {"gmx.de", {}},
    {"gmx.at", {}},
    {"gmx.ch", {}},
    {"web.de", {}},
    {"t-online.de", {}},
    {"freenet.de", {}},
    {"orange.fr", {}},
    {"wanadoo.fr", {}},
    {"free.fr", {}},
    {"laposte.net", {}},
    {"sfr.fr", {}},
    {"libero.it", {}},
    {"btinternet.com", {}},
    {"sky.com", {}},
    {"virginmedia.com", {}},
    {"comcast.net", {}},
    {"verizon.net", {}},
    {"att.net", {}},
    {"sbcglobal.net", {}},
    {"bellsouth.net", {}},
    {"cox.net", {}},
    {"bigpond.com", {}},
    {"rediffmail.com", {}},
    {"qq.com", {}},
    {"vip.qq.com", {}},
    {"foxmail.com", {}},
    {"163.com", {}},
    {"vip.163.com", {}},
    {"126.com", {}},
    {"yeah.net", {}},
    {"sina.com", {}},
    {"sina.cn", {}},
    {"sohu.com", {}},
    {"139.com", {}},
    {"189.cn", {}},
    {"wo.cn", {}},
    {"aliyun.com", {}},
    {"21cn.com", {}},
    {"tom.com", {}},
    {"naver.com", {}},
    {"hanmail.net", {}},
    {"daum.net", {}},
    {"docomo.ne.jp", {}},
    {"ezweb.ne.jp", {}},
    {"softbank.ne.jp", {}},
    {"uol.com.br", {}},
    {"bol.com.br", {}},
    {"terra.com.br", {}},
};

constexpr std::string_view roles[] = {"accounting",    "accounts",  "admin",
                                      "administrator", "billing",   "bookings",
                                      "careers",       "contact",   "customerservice",
                                      "enquiries",     "feedback",  "finance",
                                      "hello",         "help",      "helpdesk",
                                      "hostmaster",    "hr",        "info",
                                      "information",   "inquiries", "invoice",
                                      "invoices",      "it",        "jobs",
                                      "kontakt",       "legal",     "mail",
                                      "marketing",     "media",     "newsletter",
                                      "office",        "orders",    "post",
                                      "postmaster",    "press",     "privacy",
                                      "purchasing",    "reception", "reservations",
                                      "root",          "sales",     "security",
                                      "service",       "shop",      "staff",
                                      "support",       "team",      "vertrieb",
                                      "verkauf",       "webmaster"};

constexpr std::string_view nobody[] = {
    "anonymous", "asdf",     "devnull",  "do-not-reply", "donotreply", "fake",     "mailer-daemon",
    "n.a",       "n/a",      "na",       "no",           "no-email",   "no-reply", "no.email",
    "no.reply",  "no_email", "no_reply", "nobody",       "noemail",    "nomail",   "none",
    "noone",     "noreply",  "null",     "qwerty",       "spam",       "test",     "test1",
    "test123",   "tester",   "testing",  "testtest",     "undefined",  "unknown",  "xx",
    "xxx",       "xxxx"};

constexpr std::string_view nowhere[] = {
    "example.com",  "example.net", "example.org", "example.de", "fake.com",    "invalid.com",
    "mail.invalid", "noemail.com", "nomail.com",  "none.com",   "noreply.com", "nowhere.com",
    "test.com",     "test.de",     "test.net",    "test.org",   "unknown.com"};

/// Positions in an array of texts by a hash of their length and three of their characters.
template <std::size_t size>
class WordIndex {
 public:
  template <class Array, class Text>
  constexpr WordIndex(const Array& array, Text text) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::string_view word = text(array[i]);
      std::size_t at = slot(word);
      while (slots_[at] != 0) at = (at + 1) % slots;
      slots_[at] = static_cast<std::uint8_t>(i + 1);
    }
  }
  template <class Array, class Text>
  [[nodiscard]] std::size_t find(std::string_view word, const Array& array, Text text) const {
    if (word.empty()) return size;
    for (std::size_t at = slot(word); slots_[at] != 0; at = (at + 1) % slots) {
      if (text(array[slots_[at] - 1U]) == word) return slots_[at] - 1U;
    }
    return size;
  }

 private:
  static constexpr std::size_t slots = 512;
  static_assert(size < 256);
  static constexpr std::size_t slot(std::string_view word) noexcept {
    const auto byte = [&](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(word[i])};
    };
    return (word.size() * 31 + byte(0) * 7 + byte(word.size() / 2) * 67 +
            byte(word.size() - 1) * 13 + byte(word.size() / 3) * 129) %
           slots;
  }
  std::array<std::uint8_t, slots> slots_{};
};

constexpr auto itself = [](std::string_view word) { return word; };
constexpr auto domain_of = [](const Provider& provider) { return provider.domain; };
constexpr WordIndex<std::size(providers)> provider_index(providers, domain_of);
constexpr WordIndex<std::size(roles)> role_index(roles, itself);
constexpr WordIndex<std::size(nobody)> nobody_index(nobody, itself);
constexpr WordIndex<std::size(nowhere)> nowhere_index(nowhere, itself);

/// Of a byte: 1 in the local part, 2 in a label of the domain, 4 the dot.
constexpr std::array<std::uint8_t, 256> places = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    table[c] = word || c == '-' ? 3 : 0;
  }
  for (const char c : std::string_view("!#$%&'*+/=?^_`{|}~")) {
    table[static_cast<unsigned char>(c)] = 1;
  }
  table[static_cast<unsigned char>('_')] = 3;  // not by the rules, but met
  table[static_cast<unsigned char>('.')] = 4;
  return table;
}();

unsigned place(char c) noexcept {
  return places[static_cast<unsigned char>(c)];
}

/// Any local part that is met in the wild: dots may stand together or at the end.
bool is_local(std::string_view local) noexcept {
  if (local.empty() || local.size() > 64) return false;
  if (local.size() > 2 && local.front() == '"' && local.back() == '"') {
    return local.find('"', 1) == local.size() - 1;
  }
  unsigned seen = 0;
  for (const char c : local) {
    if ((place(c) & 5U) == 0) return false;
    seen |= place(c);
  }
  return (seen & 1U) != 0;
}

bool is_domain(std::string_view domain) noexcept {
  if (domain.size() > 253) return false;
  std::size_t label = 0, dots = 0, digits = 0;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const unsigned kind = place(domain[i]);
    if (kind == 4) {
      if (label == 0 || label > 63 || domain[i - 1] == '-') return false;
      ++dots;
      label = digits = 0;
    } else {
      if ((kind & 2U) == 0 || (label == 0 && domain[i] == '-')) return false;
      ++label;
      digits += detail::is_digit(domain[i]) ? 1U : 0U;
    }
  }
  return dots > 0 && label >= 2 && label <= 63 && digits < label && domain.back() != '-';
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view dirt = " \t.,;:<>()[]'\"";
  while (!text.empty() && dirt.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  constexpr std::string_view before = " ,;:<>()[]'.";
  while (!text.empty() && before.find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  return text;
}

/// "at" spelt out between brackets becomes @; the ideographic full stop a dot.
void respell(std::string& text) {
  for (const std::string_view at : {" [at] ", "[at]", " (at) ", "(at)"}) {
    const std::size_t found = text.find(at);
    if (found == std::string::npos) continue;
    text.replace(found, at.size(), 1, '@');
    return;
  }
}

void respell_stops(std::string& text) {
  if (text.size() > 1024) return;
  constexpr std::string_view stop = "\xE3\x80\x82";
  for (std::size_t at = text.find(stop); at != std::string::npos; at = text.find(stop, at)) {
    text.replace(at, stop.size(), 1, '.');
  }
}

/// The address in a folded text: without what surrounds it.
std::string_view address_in(std::string_view text) noexcept {
  if (const std::size_t close = text.rfind('>'); close != std::string_view::npos) {
    const std::size_t open = text.rfind('<', close);
    if (open != std::string_view::npos) text = text.substr(open + 1, close - open - 1);
  }
  text = trimmed(text);
  if (text.starts_with("mailto:")) {
    text.remove_prefix(7);
    text = text.substr(0, text.find('?'));
  } else if (text.starts_with("email:") || text.starts_with("e-mail:")) {
    text.remove_prefix(text.find(':') + 1);
  }
  text = trimmed(text);
  if (!text.empty() && text.front() == '"' && text.find('"', 1) == std::string_view::npos) {
    text.remove_prefix(1);
  }
  return text;
}

void apply(const Provider& provider, EmailAddress& out) {
  if (provider.tag != 0) {
    const std::size_t sign = out.local.find(provider.tag);
    if (sign != std::string::npos && sign > 0) {
      out.tag.assign(out.local, sign + 1);
      out.local.resize(sign);
    }
  }
  if (provider.drops_dots) {
    if (out.local.find_first_not_of('.') != std::string::npos) std::erase(out.local, '.');
  }
  if (provider.dash_is_dot) std::replace(out.local.begin(), out.local.end(), '-', '.');
  if (!provider.same_as.empty()) out.domain.assign(provider.same_as);
}

/// user@x.user.fastmail.com and x@user.fastmail.com are user's.
void apply_subdomain(EmailAddress& out) {
  for (const std::string_view host :
       {std::string_view("fastmail.com"), std::string_view("fastmail.fm")}) {
    if (out.domain.size() < host.size() + 2 || !out.domain.ends_with(host) ||
        out.domain[out.domain.size() - host.size() - 1] != '.') {
      continue;
    }
    const std::string_view before =
        std::string_view(out.domain).substr(0, out.domain.size() - host.size() - 1);
    if (before.find('.') != std::string_view::npos) return;
    out.tag = out.local;
    out.local.assign(before);
    out.domain.assign(host);
    out.public_provider = true;
    return;
  }
}

/// What fingers type at random: "a", "aa", "abc", "123".
bool is_keys(std::string_view local) noexcept {
  return local.find_first_not_of(local.front()) == std::string_view::npos || local == "abc" ||
         local == "asd" || local == "qwe" || local == "123";
}

bool is_nobody(const EmailAddress& email) noexcept {
  const std::string_view local = email.local;
  const std::string_view domain = email.domain;
  if (nobody_index.find(local, nobody, itself) < std::size(nobody)) return true;
  if (nowhere_index.find(domain, nowhere, itself) < std::size(nowhere)) return true;
  if (domain.ends_with(".invalid") || domain.ends_with(".test") || domain.ends_with(".example") ||
      domain.ends_with(".localhost")) {
    return true;
  }
  const std::string_view label = domain.substr(0, domain.find('.'));
  if (label == local && local.size() <= 3 && is_keys(local)) return true;
  return detail::is_digit(local.front()) && local.size() >= 5 && is_placeholder_number(local);
}

}  // namespace

void EmailAddress::clear() noexcept {
  address.clear();
  local.clear();
  domain.clear();
  tag.clear();
  role = public_provider = false;
}

FieldState normalise_email(std::string_view raw, EmailAddress& out, const EmailOptions& options) {
  out.clear();
  std::string& text = out.address;
  detail::fold_text(raw, text, false);
  if (text.empty()) return FieldState::missing;
  if (options.placeholders != nullptr && options.placeholders->added(text)) {
    return FieldState::placeholder;
  }
  std::size_t at = text.find('@');
  if (at == std::string::npos) {
    respell(text);
    if ((at = text.find('@')) == std::string::npos) {
      return is_placeholder(text) ? FieldState::placeholder : FieldState::malformed;
    }
  }
  if (std::any_of(raw.begin(), raw.end(), [](char c) { return c < 0; })) respell_stops(text);
  const std::string_view address = address_in(text);
  at = address.rfind('@');
  if (at == std::string_view::npos) {
    return is_placeholder(text) ? FieldState::placeholder : FieldState::malformed;
  }
  std::string_view local = address.substr(0, at);
  std::string_view domain = address.substr(at + 1);
  if (local.ends_with('@') || local.ends_with(' ')) local.remove_suffix(1);
  if (domain.starts_with(' ')) domain.remove_prefix(1);
  const bool cut = local.size() + domain.size() + 1 != text.size();
  out.local.assign(local);
  out.domain.assign(domain);
  if (!is_local(local) || !is_domain(domain)) {
    if (nobody_index.find(local, nobody, itself) < std::size(nobody))
      return FieldState::placeholder;
    return FieldState::malformed;
  }
  bool changed = cut;
  const std::size_t known = provider_index.find(domain, providers, domain_of);
  if (known < std::size(providers)) {
    out.public_provider = true;
    if (options.provider_rules) apply(providers[known], out);
  } else {
    if (options.plus_tags) apply({.domain = {}, .tag = '+'}, out);
    if (options.provider_rules) apply_subdomain(out);
  }
  changed = changed || out.local.size() != local.size() || out.domain.size() != domain.size() ||
            (known < std::size(providers) && providers[known].dash_is_dot);
  if (changed) {
    text.assign(out.local);
    text.push_back('@');
    text.append(out.domain);
  }
  out.role = role_index.find(out.local, roles, itself) < std::size(roles);
  if (options.placeholders != nullptr && options.placeholders->added(text)) {
    return FieldState::placeholder;
  }
  return is_nobody(out) ? FieldState::placeholder : FieldState::usable;
}

}  // namespace emptor
