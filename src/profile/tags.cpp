#include "emptor/profile/tags.hpp"

#include <algorithm>
#include <tuple>

namespace emptor {

namespace {

// Total, and the last one up to an instant is the one that holds.
bool before(const TagStatement& a, const TagStatement& b) noexcept {
  return std::tie(a.tag, a.time, a.off, a.until, a.source) <
         std::tie(b.tag, b.time, b.off, b.until, b.source);
}

}  // namespace

void TagSet::add(const TagStatement& statement) {
  if (statement.tag == no_id<Tag> || (!statement.off && statement.until <= statement.time)) {
    throw Exception(ErrorCode::invalid_value, "a tag must be named and end after it begins",
                    "TagSet::add");
  }
  statements_.insert(std::upper_bound(statements_.begin(), statements_.end(), statement, before),
                     statement);
}

void TagSet::merge(const TagSet& other) {
  std::vector<TagStatement> all(statements_.size() + other.statements_.size());
  std::merge(statements_.begin(), statements_.end(), other.statements_.begin(),
             other.statements_.end(), all.begin(), before);
  statements_.swap(all);
}

std::vector<TagStatement> TagSet::at(Time as_of) const {
  std::vector<TagStatement> out;
  const TagStatement* last = nullptr;
  const auto close = [&] {
    if (last != nullptr && !last->off && as_of < last->until) out.push_back(*last);
    last = nullptr;
  };
  for (const TagStatement& statement : statements_) {
    if (last != nullptr && last->tag != statement.tag) close();
    if (statement.time <= as_of) last = &statement;
  }
  close();
  return out;
}

bool TagSet::has(Tag tag, Time as_of) const {
  const auto on = at(as_of);
  return std::any_of(on.begin(), on.end(), [&](const TagStatement& s) { return s.tag == tag; });
}

}  // namespace emptor
