#include "emptor/score/review.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"
#include "score/sentiment_tables.hpp"

namespace emptor {

using detail::SentimentToken;

namespace {

/// Words, or single characters of scripts without spaces; `roles` is the clause they are in. Words
/// stand in `folded` with a blank between, characters side by side.
void read_tokens(std::string_view text, SentimentWork& work) {
  work.folded.clear();
  work.tokens.clear();
  std::uint32_t clause = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    const auto from = static_cast<std::uint32_t>(at);
    at += c.bytes;
    const FoldedCharacter folded = fold_character(c.value, false);
    if (folded.first == 0) continue;
    const CharacterKind kind = character_kind(folded.first);
    const bool apostrophe = folded.first == '\'' || folded.first == 0x2019;
    if (kind == CharacterKind::separator && !(apostrophe && in_word)) {
      in_word = false;
      const char32_t mark = folded.first;
      if (mark == ',' || mark == ';' || mark == '.' || mark == '!' || mark == '?' || mark == ':' ||
          mark == '\n' || mark == 0x3001 || mark == 0x3002 || mark == 0x2026) {
        ++clause;
      }
      continue;
    }
    const bool joins = kind != CharacterKind::ideographic;
    if (!(in_word && joins)) {
      if (joins && !work.folded.empty()) work.folded.push_back(' ');
      SentimentToken token;
      token.span.begin = from;
      token.begin = static_cast<std::uint32_t>(work.folded.size());
      token.roles = clause;
      work.tokens.push_back(token);
    }
    append_utf8(work.folded, apostrophe ? U'\'' : folded.first);
    if (folded.second != 0) append_utf8(work.folded, folded.second);
    in_word = joins;
    work.tokens.back().span.end = static_cast<std::uint32_t>(at);
    work.tokens.back().end = static_cast<std::uint32_t>(work.folded.size());
  }
}

/// Tokens of the longest word or phrase of the table at i, of one clause; 0: none.
std::size_t longest_match(const detail::SentimentTable& table, const SentimentWork& work,
                          std::size_t i, std::int32_t& entry) {
  const SentimentToken& first = work.tokens[i];
  std::size_t length = 0;
  for (std::size_t k = i; k < work.tokens.size() && work.tokens[k].roles == first.roles; ++k) {
    const std::size_t size = work.tokens[k].end - first.begin;
    if (size > table.longest()) break;
    const std::int32_t found = table.find(std::string_view(work.folded).substr(first.begin, size));
    if (found < 0) continue;
    entry = found;
    length = k - i + 1;
  }
  return length;
}

std::string key_of(std::string_view words) {
  SentimentWork work;
  read_tokens(words, work);
  require_option(!work.tokens.empty(), "keywords", "words with a letter or a digit", words);
  return work.folded;
}

std::uint32_t distance(TextSpan a, TextSpan b) noexcept {
  return a.end <= b.begin ? b.begin - a.end : b.end <= a.begin ? a.begin - b.end : 0;
}

}  // namespace

struct ReviewReader::Tables {
  ReviewReaderOptions options;
  std::optional<LexiconSentiment> lexicon;
  std::optional<TextClassifier> model;
  detail::SentimentTable aspects;  // roles: the aspect
  detail::SentimentTable care;     // roles: the trigger
  detail::SentimentTable contrasts;
};

ReviewReader::ReviewReader(const ReviewReaderOptions& options, std::shared_ptr<Tables> tables) {
  require_option(options.window >= 1, "window", ">= 1", options.window);
  require_option(options.complaints >= 1, "complaints", ">= 1", options.complaints);
  require_option(std::isfinite(options.alpha) && options.alpha > 0, "alpha", "> 0", options.alpha);
  tables->options = options;
  for (std::size_t a = 0; a < options.aspects.size(); ++a) {
    for (const std::string& word : options.aspects[a].keywords) {
      const std::string key = key_of(word);
      const std::int32_t known = tables->aspects.find(key);
      require_option(known < 0 || tables->aspects.roles(known) == a, "aspects",
                     "without a keyword of two", word);
      tables->aspects.add(key).roles = static_cast<std::uint32_t>(a);
    }
  }
  for (const CareWords& care : options.care) {
    for (const std::string& word : care.words) {
      tables->care.add(key_of(word)).roles = static_cast<std::uint32_t>(care.trigger);
    }
  }
  for (const std::string& word : options.contrasts) tables->contrasts.add(key_of(word));
  tables_ = std::move(tables);
}

ReviewReader::ReviewReader(LexiconSentiment sentiment, const ReviewReaderOptions& options)
    : ReviewReader(options, [&] {
        auto tables = std::make_shared<Tables>();
        tables->lexicon.emplace(std::move(sentiment));
        return tables;
      }()) {}

ReviewReader::ReviewReader(TextClassifier model, const ReviewReaderOptions& options)
    : ReviewReader(options, [&] {
        require_option(model.classes() == 2, "model", "of two classes", model.classes());
        auto tables = std::make_shared<Tables>();
        tables->model.emplace(std::move(model));
        return tables;
      }()) {}

const std::vector<ReviewAspect>& ReviewReader::aspects() const noexcept {
  return tables_->options.aspects;
}

void ReviewReader::judge(std::string_view text, ReviewReading& out) const {
  const ReviewReaderOptions& options = tables_->options;
  if (tables_->model) {
    const AspectMention* last = nullptr;
    for (AspectMention& mention : out.aspects) {
      mention.evidence = 1;
      mention.sentiment = last != nullptr && last->clause == mention.clause
                              ? last->sentiment
                              : 2 * tables_->model->score(mention.clause.of(text)) - 1;
      last = &mention;
    }
    return;
  }
  for (const SentimentHit& hit : out.sentiment.hits) {
    // Keywords ascend and do not overlap: the nearest is the last that ends before the hit begins,
    // or the one after that.
    const auto after = std::partition_point(
        out.aspects.begin(), out.aspects.end(),
        [&](const AspectMention& mention) { return mention.keyword.end <= hit.span.begin; });
    AspectMention* nearest = nullptr;
    std::uint64_t least = std::uint64_t{options.window} + 1;
    for (auto mention = after == out.aspects.begin() ? after : after - 1;
         mention != out.aspects.end() && mention <= after; ++mention) {
      if (hit.span.begin < mention->clause.begin || hit.span.end > mention->clause.end) continue;
      const std::uint32_t apart = distance(hit.span, mention->keyword);
      if (apart >= least) continue;
      least = apart;
      nearest = &*mention;
    }
    if (nearest == nullptr) continue;
    ++nearest->evidence;
    nearest->sentiment += hit.valence;
  }
  for (AspectMention& mention : out.aspects) {
    const double sum = mention.sentiment;
    mention.sentiment = sum / std::sqrt(sum * sum + options.alpha);
  }
}

void ReviewReader::read(std::string_view text, std::uint32_t earlier_complaints,
                        SentimentWork& work, ReviewReading& out) const {
  text = text.substr(0, std::size_t{1} << 28U);
  if (tables_->lexicon) {
    tables_->lexicon->analyse(text, work, out.sentiment);
  } else {
    out.sentiment = {};
    if (!text.empty()) out.sentiment.compound = 2 * tables_->model->score(text) - 1;
  }
  out.aspects.clear();
  out.care.clear();
  out.classes = {};
  out.severity = CareSeverity::none;
  read_tokens(text, work);
  std::vector<SentimentToken>& tokens = work.tokens;
  std::int32_t entry = -1;
  // Contrasts begin clauses: the numbers of those after them move up.
  for (std::size_t i = 0, moved = 0; i < tokens.size(); ++i) {
    if (longest_match(tables_->contrasts, work, i, entry) > 0) ++moved;
    tokens[i].roles += static_cast<std::uint32_t>(moved);
  }
  const auto add_care = [&](CareTrigger trigger, TextSpan span) {
    out.care.push_back({trigger, span});
    out.severity = std::max(out.severity, emptor::severity(trigger));
  };
  for (std::size_t i = 0, care_from = 0, aspects_from = 0, clause = 0; i < tokens.size(); ++i) {
    if (tokens[i].roles != tokens[clause].roles) clause = i;
    if (i >= care_from) {
      if (const std::size_t length = longest_match(tables_->care, work, i, entry); length > 0) {
        add_care(static_cast<CareTrigger>(tables_->care.roles(entry)),
                 {tokens[i].span.begin, tokens[i + length - 1].span.end});
        care_from = i + length;
      }
    }
    if (i < aspects_from) continue;
    const std::size_t length = longest_match(tables_->aspects, work, i, entry);
    if (length == 0) continue;
    aspects_from = i + length;
    AspectMention& mention = out.aspects.emplace_back();
    mention.aspect = tables_->aspects.roles(entry);
    mention.keyword = {tokens[i].span.begin, tokens[i + length - 1].span.end};
    const bool same = out.aspects.size() > 1 &&
                      out.aspects[out.aspects.size() - 2].clause.begin == tokens[clause].span.begin;
    if (same) {
      mention.clause = out.aspects[out.aspects.size() - 2].clause;
    } else {
      std::size_t last = i;
      while (last + 1 < tokens.size() && tokens[last + 1].roles == tokens[i].roles) ++last;
      mention.clause = {tokens[clause].span.begin, tokens[last].span.end};
    }
    ++out.classes[static_cast<std::size_t>(tables_->options.aspects[mention.aspect].kind)];
  }
  if (earlier_complaints >= tables_->options.complaints) {
    add_care(CareTrigger::repeated_complaint, {});
  }
  judge(text, out);
}

ReviewReading ReviewReader::read(std::string_view text, std::uint32_t earlier_complaints) const {
  SentimentWork work;
  ReviewReading out;
  read(text, earlier_complaints, work, out);
  return out;
}

void AspectSummary::add(const ReviewReading& reading, Time time, UtcOffset offset) {
  const std::int32_t month = month_number(local_day(time, offset));
  for (const AspectMention& mention : reading.aspects) {
    if (mention.aspect >= aspects_.size()) continue;
    mentions_.push_back({mention.aspect, month, mention.evidence > 0, mention.sentiment});
  }
}

std::vector<AspectPeriod> AspectSummary::periods() const {
  std::vector<Mention> sorted = mentions_;
  // By value too: the sums do not depend on the order in which reviews came.
  std::sort(sorted.begin(), sorted.end(), [](const Mention& a, const Mention& b) {
    return std::tie(a.aspect, a.month, a.judged, a.sentiment) <
           std::tie(b.aspect, b.month, b.judged, b.sentiment);
  });
  std::vector<AspectPeriod> out;
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    AspectPeriod period;
    period.aspect = aspects_[sorted[from].aspect].name;
    period.month = sorted[from].month;
    double sum = 0;
    for (to = from; to < sorted.size() && sorted[to].aspect == sorted[from].aspect &&
                    sorted[to].month == sorted[from].month;
         ++to) {
      ++period.mentions;
      if (!sorted[to].judged) continue;
      ++period.judged;
      period.positive += sorted[to].sentiment >= 0.05 ? 1 : 0;
      period.negative += sorted[to].sentiment <= -0.05 ? 1 : 0;
      sum += sorted[to].sentiment;
    }
    const auto n = static_cast<double>(period.judged);
    if (period.judged > 0) period.mean = sum / n;
    if (period.judged > 1) {
      double squares = 0;
      for (std::size_t i = from; i < to; ++i) {
        const double off = sorted[i].sentiment - period.mean;
        if (sorted[i].judged) squares += off * off;
      }
      // Student's t at .975 by the expansion of Abramowitz and Stegun 26.7.5; exact at 1 and 2.
      const double v = n - 1, z = 1.959963984540054, z2 = z * z;
      const double t =
          period.judged == 2 ? 12.706204736432095
          : period.judged == 3
              ? 4.302652729696142
              : z + z * (z2 + 1) / (4 * v) + z * (5 * z2 * z2 + 16 * z2 + 3) / (96 * v * v) +
                    z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / (384 * v * v * v);
      const double half = t * std::sqrt(squares / v / n);
      period.low = std::max(-1.0, period.mean - half);
      period.high = std::min(1.0, period.mean + half);
    }
    out.push_back(period);
  }
  return out;
}

}  // namespace emptor
