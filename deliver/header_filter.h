// SPDX-License-Identifier: ISC
/// \file
/// The one change that delivery makes to a message: the mbox separator goes, and the
/// fields of RFC 5321 §4.4 that final delivery adds come.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace deliver {

/// The fields to add, where the message does not have them from the mail server that
/// hands it to us: above the first Received field. `nullopt` adds none.
struct TraceFields {
    /// The envelope sender without angle brackets, empty for the null sender.
    std::optional<std::string> return_path;
    /// The address that this mailbox stands for.
    std::optional<std::string> delivered_to;
    /// A whole Received field with its line end, which is added whatever else is there;
    /// empty: none.
    std::string received = {};
};

/// Takes the octets of a message as they arrive and gives those to be stored.
///
/// Whether a field must be added is known only when the header has been seen, and a
/// field is added at its top (RFC 5321 §4.4: Return-Path "at the beginning"), so
/// octets are held back until then: at most `max_held` and one pass. A header that is
/// longer than that counts for what was seen of it. Once decided, octets pass through
/// uncopied.
///
/// Nothing else is changed: not line ends, not NULs, not a missing final newline, so
/// that a signature over the message stays valid.
class HeaderFilter {
public:
    static constexpr std::size_t max_held = 65536;

    explicit HeaderFilter(TraceFields fields) : fields_(std::move(fields)) {}

    /// The next octets of the input; gives what can be stored now. The view points
    /// into `bytes` or into the filter and is good until the next call.
    std::string_view pass(std::string_view bytes);

    /// The input has ended; gives what was still held, as above. Call it once.
    std::string_view finish();

    /// Whether the input so far has nothing in it that could be a message: no octet
    /// at all, or only (part of) a separator line. Asked after finish().
    bool empty() const { return empty_; }

    /// Where in the octets that were given last a Received field of ours is, which is
    /// another one each time that the same message comes: its offset and its length,
    /// which is 0 if it is not there.
    struct Part {
        std::size_t at = 0;
        std::size_t octets = 0;
    };
    Part received() const { return received_; }

private:
    enum class More { MayCome, WillNotCome };

    /// Takes off the separator line. False while it is not yet known whether there
    /// is one.
    bool separator_settled(More more);
    /// Looks through the lines that have become complete. True when it is clear
    /// which fields to add.
    bool header_settled(More more);
    void note(std::string_view line);
    std::string_view release();

    TraceFields fields_;
    std::string held_;
    std::size_t scanned_ = 0; ///< octets of `held_` whose lines have been noted
    bool separator_done_ = false;
    bool decided_ = false;
    bool empty_ = true;
    Part received_;
};

} // namespace deliver
