// Addresses in Han characters, from the largest to the smallest: 省 市 区 街道 路 号 栋 单元 室.
// The characters for the kinds of places cut the text; what stands before each is its name.

#include <array>
#include <string>

#include "address_work.hpp"
#include "folded_text.hpp"

namespace emptor::detail {

namespace {

constexpr std::u32string_view provinces[] = {
    U"北京", U"上海", U"天津", U"重庆", U"河北", U"山西", U"辽宁",  U"吉林", U"黑龙江",
    U"江苏", U"浙江", U"安徽", U"福建", U"江西", U"山东", U"河南",  U"湖北", U"湖南",
    U"广东", U"海南", U"四川", U"贵州", U"云南", U"陕西", U"甘肃",  U"青海", U"台湾",
    U"广西", U"西藏", U"宁夏", U"新疆", U"香港", U"澳门", U"内蒙古"};
constexpr std::size_t municipalities = 4;  // the first ones are cities as well

constexpr std::u32string_view province_ends[] = {
    U"壮族自治区", U"回族自治区", U"维吾尔自治区", U"特别行政区", U"自治区", U"省", U"市"};

/// Traditional characters that stand in kinds and provinces.
constexpr char32_t simplified[][2] = {
    {U'縣', U'县'}, {U'區', U'区'}, {U'鎮', U'镇'}, {U'鄉', U'乡'}, {U'號', U'号'}, {U'樓', U'楼'},
    {U'層', U'层'}, {U'單', U'单'}, {U'棟', U'栋'}, {U'廣', U'广'}, {U'東', U'东'}, {U'灣', U'湾'},
    {U'門', U'门'}, {U'龍', U'龙'}, {U'寧', U'宁'}, {U'蘇', U'苏'}, {U'慶', U'庆'}, {U'雲', U'云'},
    {U'貴', U'贵'}, {U'陝', U'陕'}, {U'肅', U'肃'}, {U'遼', U'辽'}, {U'國', U'国'}, {U'臺', U'台'},
    {U'戶', U'户'}, {U'內', U'内'}};

char32_t simple(char32_t c) noexcept {
  for (const auto& pair : simplified) {
    if (pair[0] == c) return pair[1];
  }
  return c;
}

bool is_mark(char32_t c) noexcept {  // of a house or flat number
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
}

class HanReader {
 public:
  explicit HanReader(PostalAddress& out) : out_(out) {}

  void read(std::string_view raw) {
    for (std::size_t at = 0; at < raw.size() && count_ + 1 < all_.size();) {
      const FoldedCharacter c = next_folded(raw, at, true);
      if (c.first == 0) continue;
      const bool blank = c.first != '-' && character_kind(c.first) == CharacterKind::separator;
      if (blank && (count_ == 0 || all_[count_ - 1] == U' ')) continue;
      all_[count_++] = blank ? U' ' : simple(c.first);
    }
    head();
    while (at_ < count_) step();
    flush(count_);
    if (out_.city.empty() && municipality_) out_.city = out_.region;
    while (!out_.text.empty() && out_.text.back() == ' ') out_.text.pop_back();
  }

 private:
  [[nodiscard]] std::u32string_view rest() const noexcept {
    return std::u32string_view(all_.data(), count_).substr(at_);
  }
  [[nodiscard]] char32_t next(std::size_t by = 1) const noexcept {
    return at_ + by < count_ ? all_[at_ + by] : U' ';
  }
  [[nodiscard]] char32_t last(std::size_t by = 1) const noexcept {
    return at_ >= start_ + by ? all_[at_ - by] : U' ';
  }
  [[nodiscard]] std::size_t size() const noexcept { return at_ - start_; }

  void skip(std::size_t characters) noexcept {
    at_ += characters;
    start_ = at_;
  }

  void emit(AddressPart part, std::string& to, std::size_t from, std::size_t end) {
    while (from < end && all_[from] == U' ') ++from;
    while (end > from && all_[end - 1] == U' ') --end;
    if (from >= end) return;
    const std::size_t begin = out_.text.size();
    for (std::size_t i = from; i < end; ++i) append_utf8(out_.text, all_[i]);
    const std::string_view word = std::string_view(out_.text).substr(begin);
    if (!to.empty()) to.push_back(' ');
    to.append(word);
    out_.tokens.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint16_t>(word.size()), part});
    out_.text.push_back(' ');
  }

  /// Country, postcode and province.
  void head() {
    while (at_ < count_ && all_[at_] == U' ') skip(1);
    if (rest().starts_with(U"中华人民共和国")) {
      emit_country(7);
    } else if (rest().starts_with(U"中国")) {
      emit_country(2);
    }
    if (postcode()) return head();
    for (const std::u32string_view& province : provinces) {
      if (!rest().starts_with(province)) continue;
      emit(AddressPart::region, out_.region, at_, at_ + province.size());
      municipality_ = static_cast<std::size_t>(&province - provinces) < municipalities;
      skip(province.size());
      for (const std::u32string_view end : province_ends) {
        if (!rest().starts_with(end)) continue;
        skip(end.size());
        break;
      }
      if (municipality_) {  // named twice: 北京市北京市朝阳区
        while (at_ < count_ && all_[at_] == U' ') skip(1);
        if (rest().starts_with(province)) {
          skip(province.size());
          if (rest().starts_with(U"市")) skip(1);
        }
      }
      return;
    }
  }

  void emit_country(std::size_t characters) {
    out_.country = "cn";
    skip(characters);
    while (at_ < count_ && all_[at_] == U' ') skip(1);
  }

  /// Six digits that stand alone.
  bool postcode() {
    if (size() != 0 || !out_.postcode.empty()) return false;
    std::size_t digits = 0;
    while (next(digits) >= '0' && next(digits) <= '9') ++digits;
    const char32_t behind = next(digits);
    if (digits != 6 || (behind != U' ' && (is_mark(behind) || at_ != 0))) return false;
    emit(AddressPart::postcode, out_.postcode, at_, at_ + 6);
    skip(6);
    return true;
  }

  /// What stands between the last cut and `end` is a number or a name without its kind.
  void flush(std::size_t end) {
    std::size_t from = end;
    while (from > start_ && is_mark(all_[from - 1])) --from;
    const bool street = !out_.street.empty();
    name(from);
    if (from < end) {
      const bool house =
          out_.house_number.empty() && out_.unit.empty() && (street || from > start_);
      emit(house ? AddressPart::house_number : AddressPart::unit,
           house ? out_.house_number : out_.unit, from, end);
    }
    start_ = end;
  }

  void name(std::size_t end) {
    const bool street = out_.street.empty();
    emit(street ? AddressPart::street : AddressPart::building, street ? out_.street : out_.building,
         start_, end);
  }

  /// The number before a kind of part; false if there is none.
  bool number(AddressPart part, std::string& to, std::size_t kind) {
    std::size_t from = at_;
    while (from > start_ && is_mark(all_[from - 1])) --from;
    if (from == at_) {
      constexpr std::u32string_view numerals = U"一二三四五六七八九";
      const std::size_t value = numerals.find(last());
      if (size() == 0 || value == std::u32string_view::npos) return false;
      from = at_ - 1;
      all_[from] = static_cast<char32_t>('1' + value);
    }
    name(from);
    emit(part, to, from, at_);
    skip(kind);
    return true;
  }

  void place(AddressPart part, std::string& to, std::size_t kind) {
    emit(part, to, start_, at_);
    skip(kind);
  }

  void street(std::size_t kind) {
    if (size() >= 1 && is_mark(last()) && !out_.street.empty()) {
      number(AddressPart::unit, out_.unit, kind);  // 弄 of a number
      return;
    }
    const bool first = out_.street.empty();
    emit(first ? AddressPart::street : AddressPart::building, first ? out_.street : out_.building,
         start_, at_);
    if (first) emit(AddressPart::type, out_.street_type, at_, at_ + kind);
    skip(kind);
  }

  /// Whether a road follows soon: then the name is the road's.
  [[nodiscard]] bool road_follows() const noexcept {
    for (std::size_t by = 1; by <= 3; ++by) {
      if (next(by) == U'路' || next(by) == U'街' || next(by) == U'道') return true;
    }
    return false;
  }

  void step() {
    const char32_t c = all_[at_];
    switch (c) {
      case U' ':
        flush(at_);
        return skip(1);
      case U'省':
        if (size() >= 2 && out_.region.empty()) return place(AddressPart::region, out_.region, 1);
        break;
      case U'市':
        if (size() >= 2 && next() != U'场' && last() != U'超' && last() != U'城') {
          const bool city = out_.city.empty();
          return place(city ? AddressPart::city : AddressPart::district,
                       city ? out_.city : out_.district, 1);
        }
        break;
      case U'区':
      case U'县':
      case U'旗':
        if (size() < 2 || last() == U'地') break;
        if (last() == U'小' || last() == U'社' || last() == U'园' || last() == U'校') {
          emit(AddressPart::building, out_.building, start_, at_ + 1);
          return skip(1);
        }
        return place(AddressPart::district, out_.district, 1);
      case U'镇':
      case U'乡':
        if (size() >= 2 && !road_follows()) return place(AddressPart::district, out_.district, 1);
        break;
      case U'街':
        if (next() == U'道' && size() >= 2) return place(AddressPart::district, out_.district, 2);
        [[fallthrough]];
      case U'路':
      case U'巷':
      case U'弄':
        if (size() >= 2 && next() != U'口') return street(1);
        break;
      case U'大':
        if (size() >= 1 && (next() == U'道' || next() == U'街')) return street(2);
        break;
      case U'道':
        if (size() >= 2 && (is_mark(next()) || next() == U' ')) return street(1);
        break;
      case U'号': {
        const bool block = next() == U'楼' || next() == U'院' || !out_.house_number.empty();
        if (number(block ? AddressPart::unit : AddressPart::house_number,
                   block ? out_.unit : out_.house_number,
                   next() == U'楼' || next() == U'院' ? 2 : 1)) {
          return;
        }
        break;
      }
      case U'单':
        if (next() == U'元' && number(AddressPart::unit, out_.unit, 2)) return;
        break;
      case U'栋':
      case U'幢':
      case U'座':
      case U'楼':
      case U'层':
      case U'室':
      case U'房':
      case U'户':
        if (number(AddressPart::unit, out_.unit, 1)) return;
        break;
      default:
        if (size() == 0 && (at_ == 0 || all_[at_ - 1] == U' ') && c >= '0' && c <= '9' &&
            postcode()) {
          return;
        }
        break;
    }
    ++at_;
  }

  PostalAddress& out_;
  std::array<char32_t, 256> all_{};
  std::size_t count_ = 0;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  bool municipality_ = false;
};

}  // namespace

void read_han_address(std::string_view raw, PostalAddress& out) {
  HanReader(out).read(raw);
}

}  // namespace emptor::detail
