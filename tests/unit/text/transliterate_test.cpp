#include "emptor/text/transliterate.hpp"

#include <string>
#include <vector>

#include "emptor/text/utf8.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

std::string pinyin(std::string_view text, const PinyinOptions& options = {}) {
  std::string out;
  append_pinyin(text, out, options);
  std::u32string wide;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8_character(text, at);
    at += character.bytes;
    if (character.valid) wide.push_back(character.value);
  }
  std::string twin;
  append_pinyin(wide, twin, options);
  CHECK(twin == out);
  return out;
}

std::string surname(std::string_view text) {
  return pinyin(text, {.surname = true});
}

std::string simple(std::string_view text) {
  std::string out;
  append_simplified(text, out);
  return out;
}

}  // namespace

TEST_CASE("Han characters become pinyin without tones") {
  CHECK(pinyin("北京") == "beijing");
  CHECK(pinyin("張偉") == "zhangwei");
  CHECK(pinyin("李小龙", {.between = ' '}) == "li xiao long");
  CHECK(pinyin("绿女略") == "lunulue");
  CHECK(pinyin("绿女略", {.umlaut_as_v = true}) == "lvnvlve");
  CHECK(pinyin("A座3楼", {.between = '-'}) == "Azuo3lou");
  CHECK(pinyin("") == "");
  CHECK(pinyin("\xE5\x8C\xFF京\x80") == "jing");
}

TEST_CASE("Family names are read as family names") {
  const std::vector<std::pair<std::string_view, std::string_view>> names = {
      {"单雄信", "shanxiongxin"}, {"單雄信", "shanxiongxin"}, {"曾国藩", "zengguofan"},
      {"解缙", "xiejin"},         {"仇英", "qiuying"},        {"吕布", "lubu"},
      {"呂布", "lubu"},           {"区家麟", "oujialin"},     {"區家麟", "oujialin"},
      {"查良镛", "zhaliangyong"}, {"盖叫天", "gejiaotian"},   {"任正非", "renzhengfei"},
      {"华罗庚", "hualuogeng"},   {"華羅庚", "hualuogeng"},   {"尉迟恭", "yuchigong"},
      {"尉遲恭", "yuchigong"},    {"万俟卨", "moqixie"},      {"缪荃孙", "miaoquansun"},
      {"朴树", "piaoshu"},        {"翟志刚", "zhaizhigang"},  {"冼星海", "xianxinghai"},
      {"乐毅", "yueyi"},          {"单于", "chanyu"},         {"欧阳修", "ouyangxiu"},
      {"歐陽修", "ouyangxiu"},    {"司马光", "simaguang"},    {"王伟", "wangwei"}};
  for (const auto& [name, expected] : names) CHECK(surname(name) == expected);
  CHECK(surname("吕") == "lu");
  CHECK(pinyin("吕", {.surname = true, .umlaut_as_v = true}) == "lv");
  CHECK(pinyin("孟单曾") == "mengdanceng");
  CHECK(surname("Bob") == "Bob");
  CHECK(chinese_surname(U"").characters == 0);
  CHECK(chinese_surname(U"欧阳").characters == 2);
  CHECK(chinese_surname(U"欧").characters == 1);
}

TEST_CASE("All readings of a character, the usual one first") {
  const auto readings = pinyin_readings(U'行');
  REQUIRE(readings.count >= 2);
  CHECK(*readings.begin() == "xing");
  CHECK(readings.syllables[1] == "hang");
  CHECK(pinyin_readings(U'x').count == 0);
  CHECK(pinyin_readings(0x10FFFF).count == 0);
  CHECK(pinyin_readings(0xFFFFFFFF).count == 0);
  std::size_t with_reading = 0;
  for (char32_t c = 0; c < 0x40000; ++c) {
    const auto all = pinyin_readings(c);
    with_reading += all.count > 0 ? 1U : 0U;
    for (const auto syllable : all) {
      REQUIRE(!syllable.empty());
      REQUIRE(syllable.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos);
    }
  }
  CHECK(with_reading > 25000);
}

TEST_CASE("Traditional characters become simplified ones") {
  CHECK(simple("張偉曾國藩鍾離後") == "张伟曾国藩钟离后");
  CHECK(simple("乾隆 Müller") == "乾隆 Müller");
  CHECK(simple("\xFF龍") == "龙");
  CHECK(simplified(U'A') == U'A');
  CHECK(simplified(0xFFFFFFFF) == 0xFFFFFFFF);
  std::size_t changed = 0;
  for (char32_t c = 0; c < 0x40000; ++c) changed += simplified(c) != c ? 1U : 0U;
  CHECK(changed > 2500);
}

TEST_CASE("Words are cut into syllables of pinyin") {
  CHECK(pinyin_syllables("wang") == 1);
  CHECK(pinyin_syllables("xiaoming") == 2);
  CHECK(pinyin_syllables("ouyang") == 2);
  CHECK(pinyin_syllables("lv") == 1);
  CHECK(pinyin_syllables("john") == 0);
  CHECK(pinyin_syllables("smith") == 0);
  CHECK(pinyin_syllables("") == 0);
  CHECK(pinyin_syllables("hmng") == 0);
  CHECK(pinyin_syllables(std::string(1000, 'a')) == 0);
}
