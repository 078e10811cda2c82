// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// How long a client waits for its NO, by what has failed from its network before.
///
/// The first failure takes `first_ms`, each further one twice as long as the one before
/// it, up to `most_ms`. A program with an old password in it tries the same one over
/// and over, and guesses nothing: what has failed lately costs no more the next time.
/// Whoever gets in waits for nothing, whatever others at his address do.
class Failures {
public:
    /// A network is forgotten so long after its last failure.
    static constexpr std::int64_t memory_us = std::int64_t{10} * 60 * 1'000'000;
    /// Of each network, the passwords that were wrong last are known again.
    static constexpr std::size_t remembered = 8;
    /// More networks than these: those that failed first are forgotten.
    static constexpr std::size_t max_networks = 10'000;

    struct Delay {
        std::int64_t first_ms = 2'000;
        std::int64_t most_ms = 15'000;
    };

    /// `memory`, which is borrowed, is where all of it is kept.
    explicit Failures(
        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : records_(memory)
    {
    }

    /// Another failure: how long it is to take. `fingerprint`: what was tried, as
    /// `ipc::AttemptNotice` has it. Cost: O(log n), O(n) if there are too many.
    std::int64_t delay_ms(std::string_view network, std::string_view fingerprint,
                          std::int64_t now_us, Delay delay);

    std::size_t networks() const { return records_.size(); }

private:
    struct Record {
        using allocator_type = std::pmr::polymorphic_allocator<>; ///< of the map
        explicit Record(allocator_type memory) : tried(memory) {}

        unsigned doublings = 0;
        std::int64_t last_us = 0;
        std::pmr::vector<std::pmr::string> tried; ///< the last ones last
    };
    using Records = std::pmr::map<std::pmr::string, Record, std::less<>>;

    Record& record(std::string_view network, std::int64_t now_us);
    void make_room(std::int64_t now_us);

    Records records_;
};

} // namespace supervisor
