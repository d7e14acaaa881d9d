#pragma once
// Session neighbours: "sessions like this one went on with these".
//
// The k past sessions most like the live one vote for their items. Of the sessions that share an
// item with it, only the `sample` most recent are looked at, which an index from items to sessions
// in order of time finds without touching older ones.
//
// V-SKNN: Malte Ludewig, Dietmar Jannach, "Evaluation of session-based recommendation algorithms",
// User Modeling and User-Adapted Interaction 28, 2018, doi:10.1007/s11257-018-9209-6. An item of
// the live session weighs in by its place, linearly from 1 for the latest; a session is as similar
// as the weights of what it shares, and its vote falls with the steps back to the latest shared
// item (1 / step, as in the authors' published code).
// STAN: Diksha Garg, Priyanka Gupta, Pankaj Malhotra, Lovekesh Vig, Gautam Shroff, "Sequence and
// time aware neighborhood for session-based recommendations", SIGIR 2019,
// doi:10.1145/3331184.3331322. Weights fall exponentially with the distance to the latest item
// (lambda 1), with the age of the session (lambda 2; its age at the last event of all, which orders
// sessions as their distance to the live one does), and a vote with the distance of the item to the
// latest shared one within the voting session (lambda 3).
// The index and the merge: Barrie Kersbergen, Olivier Sprangers, Sebastian Schelter, "Serenade:
// low-latency session-based recommendation in e-commerce at scale", SIGMOD 2022,
// doi:10.1145/3514221.3517901.
//
// Items count once a session, at their last place. A known customer is served like a live session
// equal to the customer's last one, which is among the neighbours then. Time of a call: `sample`
// log(context) and the items of k sessions, however many sessions there are. Memory: 8 bytes an
// event beside the sequences. Thread safety: see recommender.hpp. The same bits for any executor.

#include <cstddef>
#include <cstdint>

#include "emptor/recommend/detail/sequence_model.hpp"
#include "emptor/recommend/detail/session_neighbours_engine.hpp"
#include "emptor/recommend/session_neighbours_options.hpp"

namespace emptor {

/// Follows the `Recommender` concept; served by the customer's last session. With `exclude_seen =
/// false` what the neighbours share with the session is recommended too.
using SessionNeighboursModel = detail::SequenceModel<detail::SessionNeighboursEngine>;

static_assert(LoadableRecommender<SessionNeighboursModel> &&
              BatchRecommender<SessionNeighboursModel> &&
              UpdatableRecommender<SessionNeighboursModel, Sequences>);

struct SessionNeighboursReport {
  std::size_t sessions = 0;  ///< that may be neighbours
  std::size_t items = 0;     ///< distinct ones of each session, added up
};

struct SessionNeighboursFit {
  SessionNeighboursModel model;
  SessionNeighboursReport report;
};

/// Builds the index: linear, one pass, so that progress is not asked. Throws `invalid_option`.
[[nodiscard]] inline SessionNeighboursFit fit_session_neighbours(
    const Sequences& data, const SessionNeighboursOptions& options = {},
    const Context& context = {}) {
  SessionNeighboursModel model(data, options, context);
  const SessionNeighboursReport report{data.sessions(), model.engine().entries()};
  return {std::move(model), report};
}

}  // namespace emptor
