#include "emptor/score/sentiment_words.hpp"

#include <string_view>

namespace emptor {
namespace {

std::vector<std::string> listed(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return out;
}

void add_degrees(std::vector<SentimentDegree>& to, std::string_view words, double amount) {
  for (std::string& word : listed(words)) to.push_back({std::move(word), amount});
}

}  // namespace

SpacedSentimentWords english_sentiment_words() {
  constexpr double step = 0.293;  // Hutto and Gilbert 2014, table 3
  SpacedSentimentWords out;
  out.negations = listed(
      "aint arent cannot cant couldnt darent despite didnt doesnt dont hadnt hasnt havent isnt "
      "mightnt mustnt neednt neither never none nope nor not nothing nowhere oughtnt rarely seldom "
      "shant shouldnt uh-uh uhuh wasnt werent without wont wouldnt");
  add_degrees(out.degrees,
              "absolutely amazingly awfully completely considerable considerably decidedly deeply "
              "effing enormous enormously entirely especially exceptional exceptionally extreme "
              "extremely fabulously flippin flipping frackin fracking frickin fricking friggin "
              "frigging fuckin fucking fuggin fugging fully greatly hella highly hugely incredible "
              "incredibly intensely major majorly more most particularly purely quite really "
              "remarkably so substantially thoroughly total totally tremendous tremendously uber "
              "unbelievably unusually utter utterly very",
              step);
  add_degrees(
      out.degrees,
      "almost barely hardly kind-of kinda kindof less little marginal marginally occasional "
      "occasionally partly scarce scarcely slight slightly somewhat sort-of sorta sortof",
      -step);
  for (const char* words : {"just enough", "kind of", "sort of"}) {
    out.degrees.push_back({words, -step});
  }
  out.phrases = {{"bad ass", 1.5}, {"beating heart", 3.1},  {"broken heart", -2.9},
                 {"bus stop", 0},  {"kiss of death", -1.5}, {"the bomb", 3},
                 {"the shit", 3},  {"to die for", 3},       {"yeah right", -2}};
  out.contrasts = {"but"};
  return out;
}

UnspacedSentimentWords chinese_sentiment_words() {
  UnspacedSentimentWords out;
  out.negations = listed(
      "不 不是 不会 不能 不够 没 没有 没什么 沒 沒有 未 别 并非 毫无 从不 从未 "
      "绝不 不算 不怎么 谈不上");
  add_degrees(out.degrees, "非常 太 极其 极 超级 超 特别 十分 格外 最 巨 相当 实在太 無比 无比",
              1.5);
  add_degrees(out.degrees, "很 挺 真 真的 真是 好 更 更加 蛮 越来越", 1.25);
  add_degrees(out.degrees, "比较 还 还算 较", 0.9);
  add_degrees(out.degrees, "有点 有点儿 有些 稍微 稍 略 略微 一点 一点儿 一些 有點", 0.6);
  out.contrasts = listed("但是 但 可是 不过 然而 只是 可惜 但是呢 不過");
  out.neutral = listed(
      "不但 不仅 不只 不管 不论 不用 不知 不知道 不同 不久 不一会 差不多 了不起 要不 "
      "要不是 太阳 太太 未来 最后 最近 最终 特别是 别人 别的 别家 还有 还是 还要 好像 好几 "
      "好多 只好 真正 超市 超过 极限 更换 更新 但愿 一些人 不一样 没多久 没几分钟");
  return out;
}

}  // namespace emptor
