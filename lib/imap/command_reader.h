// SPDX-License-Identifier: ISC
/// \file
/// From a stream of octets to whole commands.
///
/// RFC 9051 §2.2.1 and §4.3, RFC 7888 for literals that do not wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace imap {

/// Where the octets come from: a socket, or a test's strings.
struct ByteSource {
    virtual ~ByteSource() = default;
    /// Waits for at least one octet and gives what there is, consumed from the
    /// source; valid until the next call. When the client is gone it throws what
    /// its owner throws then; `CommandReader` lets everything pass.
    virtual std::string_view more() = 0;
    /// Sends `+ OK` CRLF at once: the client waits for it before a literal.
    virtual void go_ahead() = 0;
};

/// A literal that was announced and not read.
struct PendingLiteral {
    std::uint64_t octets = 0;
    bool is_synchronizing = true; ///< the client waits for the go-ahead
    bool is_literal8 = false;     ///< may hold NULs
};

/// What LITERAL- allows to a literal that does not wait. RFC 7888 §5.
inline constexpr std::uint64_t max_literal_minus = 4096;

/// Why a command cannot be carried out, found while reading it.
struct Refusal {
    enum class After {
        Continue, ///< answer BAD; the next command can be read
        Close,    ///< answer BYE: there is more coming than we will read
    };
    std::string_view why; ///< a sentence for the client
    After after = After::Continue;
};

/// One command, or as much of it as comes before a literal that its handler reads.
struct Command {
    /// Tag, name and arguments, small literals inline as `{n}` CRLF and octets (the
    /// `+` of `{n+}` is dropped), without the final line end. With `pending`, it
    /// ends in front of the literal's `{` or `~{`. With `refusal`, it is the tag
    /// alone, or empty if there was no readable tag.
    std::string text;
    std::optional<PendingLiteral> pending;
    std::optional<Refusal> refusal;
};

/// Reads commands, with bounds on what a client can make us hold.
///
/// Commands come from `next`. The message of an APPEND or REPLACE (any literal behind
/// its mailbox argument) is not read into memory: `next` gives the command with
/// `pending` set, and its handler goes on with
///
///     accept_literal, read_literal until it gives nothing, rest_of_line
///
/// or with `refuse_literal`. A handler that stops half-way, or does not know of
/// literals, harms nobody: the next `next` skips what is left of the command.
///
/// What is too long is skipped with constant memory, literals that do not wait
/// included, so that the dialogue stays in step; the command comes with `refusal`.
/// A literal that waits and is too large is refused before it is sent: the client
/// gets no go-ahead, and takes the tagged answer for one.
///
/// `{n}` at the end of a line is a literal unless a quoted string is open there.
class CommandReader {
public:
    /// What one client may make us hold. Unit: octets.
    struct Bounds {
        /// A command with its inline literals; larger than `Parser::max_tag`, if the
        /// tag of a command that is too long is to be known.
        std::size_t command;
        std::size_t literal; ///< one inline literal
        /// Whether APPEND's literal is left to its handler.
        enum class Append { Inline, Pending } append = Append::Pending;
        /// One inline literal that does not wait: `max_literal_minus`, where it is
        /// LITERAL- that is announced.
        std::uint64_t non_synchronizing = std::numeric_limits<std::uint64_t>::max();
    };
    static constexpr std::uint64_t unbounded =
        std::numeric_limits<std::uint64_t>::max();
    static constexpr Bounds before_login{8192, 1024, Bounds::Append::Inline, unbounded};
    static constexpr Bounds after_login{1048576, 65536, Bounds::Append::Pending,
                                        unbounded};
    /// A refused literal that does not wait, and is larger, closes the connection
    /// instead of being read and thrown away.
    static constexpr std::uint64_t max_skipped_literal = 65536;
    /// The same for a literal that a handler refused. That may be a message in good
    /// order, of a client that cannot know that there is no room for it.
    static constexpr std::uint64_t max_refused_literal = std::uint64_t{256} << 20;

    /// `source` must live as long as the reader.
    explicit CommandReader(ByteSource& source, Bounds bounds = before_login)
        : source_(&source), bounds_(bounds)
    {
    }

    /// Waits for a whole command.
    Command next();
    /// One line without its end, for SASL responses and the DONE of IDLE; nullopt,
    /// and the line skipped, if it is longer than `limit`.
    std::optional<std::string> read_line(std::size_t limit);

    /// Sends the go-ahead if the client waits for it.
    void accept_literal();
    /// The next octets of the literal, `most` at most; empty when all were given.
    /// Valid until the next call.
    std::string_view read_literal(std::size_t most);
    /// After a literal: what follows it, up to the end of the line or the next
    /// literal, which is `pending` again. Without tag and name.
    Command rest_of_line();
    /// Skips what is left of the command: nothing, if the client waits for a
    /// go-ahead, else the literal and all that follows. One that is too large even for
    /// that is not read: then `next` gives nothing but a refusal that closes.
    void refuse_literal();

    void set_bounds(Bounds bounds) { bounds_ = bounds; }
    /// Takes what the source has: waits only where it has nothing.
    void read_ahead();
    /// How many octets have arrived that no call has given yet.
    std::size_t arrived() const { return buffer_.size() - start_; }
    /// Whether a line end is among them, so that `read_line` would not wait.
    bool has_line() const;
    /// Puts octets in front: what another process had read already.
    void preload(std::string_view octets);
    /// Takes what has arrived and was not given: to hand it to another process, or
    /// to drop it (STARTTLS).
    std::string take_input();

private:
    struct Line;
    enum class Kind { Command, Rest };

    Command read(Kind kind);
    Line line(std::size_t room);
    bool is_for_handler(const Command& command, Kind kind) const;
    void take_inline(Command& command, const PendingLiteral& literal);
    bool pass_over(Refusal& refusal, const PendingLiteral& literal);
    void skip(std::uint64_t octets);
    void fill();
    void tidy();
    bool has_input() const { return arrived() > 0; }
    std::string_view window() const { return std::string_view(buffer_).substr(start_); }

    ByteSource* source_;
    Bounds bounds_;
    std::string buffer_;
    std::size_t start_ = 0;
    /// The literal whose octets are coming, and how many of them still are.
    std::optional<PendingLiteral> pending_;
    std::uint64_t literal_left_ = 0;
    bool in_literal_ = false;  ///< accepted; the rest of the line follows it
    bool is_hopeless_ = false; ///< more is coming than we will read
};

} // namespace imap
