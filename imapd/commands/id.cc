// SPDX-License-Identifier: ISC
/// \file
/// ID. RFC 2971. Clients tell their name, which helps whoever reads the log; we tell
/// ours, without a version: that helps only those who look for old ones.

#include "commands/commands.h"

#include <optional>
#include <string>

#include "imap/syntax_error.h"
#include "session/request.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
namespace {

/// RFC 2971 §3.3: at most 30 pairs.
constexpr int max_pairs = 30;

/// The client's name, if it tells one.
/// id_params_list = "(" *(string SP nstring) ")" / nil
std::string parse(imap::Parser& in)
{
    std::string name;
    in.space("the parameters");
    if (!in.sees("(")) {
        in.expect("NIL");
        in.end();
        return name;
    }
    in.expect("(");
    for (int pairs = 0; !in.accept(")"); ++pairs) {
        if (pairs > 0)
            in.space();
        if (pairs == max_pairs)
            throw imap::SyntaxError("ID takes 30 parameters at most");
        const std::string field = in.string();
        in.space("the value");
        const auto value = in.nstring();
        if (text::equal_ignoring_case(field, "name"))
            name = value.value_or("");
    }
    in.end();
    return name;
}

} // namespace

Reply id(Session& session, Request& request)
{
    const std::string name = parse(request.args);
    if (!name.empty())
        session.log().info("client", {{"name", name}});
    session.writer().untagged("ID (\"name\" \"Avocet\")");
    return Reply::ok("ID completed");
}

} // namespace imapd
