#pragma once
// The words that are no one's name, or hardly: titles, ranks, suffixes,
// particles; and the syllables of Chinese family names. Internal; a constexpr
// hash table, a look-up is one probe as a rule.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace emptor::detail {

enum NameWord : std::uint16_t {
  word_title = 1,          // before a name
  word_soft_title = 2,     // before a name of two words at least, else a name
  word_rank = 4,           // begins a noble title: "baron"
  word_suffix = 8,         // after a name
  word_particle = 16,      // belongs to the family name behind it
  word_link = 32,          // "of", "the"
  word_pinyin = 64,        // a Chinese family name
  word_for_family = 128,   // a family name alone may follow: "mr"
  word_hard_rank = 256,    // a rank wherever it stands: "viscount"
  word_join = 512,         // "y": joins two family names
  word_epithet = 1024,     // after "the": "elder"
  word_top_pinyin = 2048,  // one of the commonest Chinese family names
};

struct NameWords {
  std::uint16_t kind;
  std::string_view words;  // each followed by a blank
};

inline constexpr NameWords name_words[] = {
    {word_title | word_for_family,
     "mr mrs ms miss mx mister master missis dr doctor prof professor capt "
     "captain col colonel gen "
     "general lt lieutenant sgt sergeant cpl corporal adm admiral cmdr "
     "commander maj lord lady "
     "herr frau fraulein hr fr mag dipl ing dott dottssa monsieur madame mme "
     "mlle mademoiselle "
     "senor senora senorita srta sra signor signora signorina sig senhor "
     "senhora hon honourable "
     "honorable rev revd reverend judge justice senator president gov governor "
     "rabbi imam sheikh "
     "sheik haji hajji maitre me ir drs pastor deacon father brother sister "
     "ald cllr councillor "},
    {word_title, "sir dame saint esquire hrh hm messrs sri shri smt syed begum "},
    {word_soft_title,
     "king queen prince princess emperor empress pope bishop archbishop "
     "archduke archduchess cardinal tsar sultan "},
    {word_rank,
     "baron baroness earl duke duchess count countess viscount "
     "viscountess marquess "
     "marquis marchioness marchess marquise baronet baronetess "
     "laird lord lady "
     "king queen prince princess emperor empress bishop archbishop "
     "freiherr graf grafin "
     "knight archduke archduchess master "},
    {word_hard_rank,
     "viscount viscountess marquess marchioness baronet baronetess "
     "baroness countess duchess freiherr grafin "},
    {word_suffix,
     "jr snr sr jnr junior senior ii iii iv vi vii viii esq "
     "esquire phd md dds dvm dmd "
     "mba obe mbe cbe kbe dbe kcb gcb kcmg gcmg qc kc frs mep rn "
     "cpa msc bsc llb llm "
     "llp ret bart bt "},
    {word_particle,
     "van von der den dem de del della dello degli dei di da "
     "das do dos du la las los "
     "le les lo ter ten te tot zu zum zur vom vander vande "
     "vanden al el bin ibn bint "
     "abu ben av af til st saint ste san santa mac mc nic fitz "
     "ap ab of d l dal dalla "
     "dall delle lou in t ul "},
    {word_link, "of the and und et "},
    {word_join, "y e i "},
    {word_epithet,
     "elder younger great good bold bald conqueror confessor unready wise "
     "pious "
     "lionheart black red fat short tall honourable hon rev right very most "},
    {word_top_pinyin, "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao guo luo "},
    {word_pinyin,
     "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he "
     "guo ma luo liang song "
     "zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng "
     "peng lu su jiang cai "
     "jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao "
     "tan liao zou xiong jin "
     "hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan qian "
     "yin yi chang qiao lai "
     "gong wen pang lan hong ni niu qi tao mo an bao zhan zuo ge guan bi ji "
     "nie ouyang sima "
     "zhuge shangguan huangfu linghu murong situ xiahou dongfang yuchi geng "
     "jiao ju kuang lei miao "
     "ning ou pei ping pu ru shan shang shu tong tu wo xi xian xiang xin xing "
     "yue yun zang zha zhai "
     "zhen zhuang zhuo zong zu bian bo bu chai chao che chi chu cong dou e en "
     "ke leng lian ling lou "
     "mei mi mu ning pi qu que rao ruan rong sang sha sheng tai teng "},
};

struct NameWordTable {
  static constexpr std::size_t slots = 2048;
  struct Slot {
    std::string_view word;
    std::uint16_t kind = 0;
  };
  std::array<Slot, slots> table{};

  [[nodiscard]] static constexpr std::size_t hash(std::string_view word) noexcept {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(word[i]));
    };
    const std::size_t n = word.size();
    const std::uint32_t mixed = byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16 |
                                static_cast<std::uint32_t>(n & 0xFF) << 24 |
                                byte(n > 1 ? 1 : 0) << 5;
    return (mixed * 0x9E3779B1U) >> 21;
  }

  constexpr NameWordTable() {
    for (const auto& group : name_words) {
      std::string_view rest = group.words;
      while (!rest.empty()) {
        const std::size_t blank = rest.find(' ');
        const std::string_view word = rest.substr(0, blank);
        std::size_t at = hash(word);
        while (!table[at].word.empty() && table[at].word != word) at = (at + 1) % slots;
        table[at].word = word;
        table[at].kind = static_cast<std::uint16_t>(table[at].kind | group.kind);
        rest.remove_prefix(blank + 1);
      }
    }
  }

  /// 0: nothing known.
  [[nodiscard]] constexpr std::uint16_t find(std::string_view word) const noexcept {
    if (word.empty() || word.size() > 12) return 0;
    for (std::size_t at = hash(word); !table[at].word.empty(); at = (at + 1) % slots) {
      if (table[at].word == word) return table[at].kind;
    }
    return 0;
  }
};
inline constexpr NameWordTable name_word_table{};

}  // namespace emptor::detail
