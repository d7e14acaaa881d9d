#pragma once
// What counts as "next" in a sequence. Thread safety: values.

#include <cstdint>

namespace emptor {

enum class SequenceStep : std::uint8_t {
  event,    ///< an event is followed by the next one of its session: views, plays
  session,  ///< all of a session by all of the customer's next one: baskets
};

}  // namespace emptor
