// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace imapd {

/// The tagged response that a handler gives back; `Session::answer` writes it,
/// after the updates. RFC 9051 §7.1, response codes of RFC 5530.
class [[nodiscard]] Reply {
public:
    enum class Kind {
        Ok,
        No,
        Bad,
        Later, ///< IDLE: the tagged line comes when the client says DONE
    };

    static Reply ok(std::string_view text) { return Reply(Kind::Ok, text); }
    static Reply no(std::string_view text) { return Reply(Kind::No, text); }
    static Reply bad(std::string_view text) { return Reply(Kind::Bad, text); }
    static Reply later() { return Reply(Kind::Later, {}); }
    /// NO with the code that goes with the error: the one table for that.
    static Reply from(const base::Error& error);

    /// Adds `[name arguments]` in front of the text.
    Reply code(std::string_view name, std::string_view arguments = {}) &&;

    Kind kind() const { return kind_; }
    bool has_code() const { return !code_.empty(); }
    /// "OK [CODE] text", without tag and line end.
    std::string to_text() const;

private:
    Reply(Kind kind, std::string_view text) : kind_(kind), text_(text) {}

    Kind kind_;
    std::string code_;
    std::string text_;
};

} // namespace imapd
