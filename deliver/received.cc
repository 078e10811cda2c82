// SPDX-License-Identifier: ISC
#include "deliver/received.h"

#include <algorithm>
#include <ctime>

namespace deliver {
namespace {

/// RFC 5321 §4.5.3.1.2.
constexpr std::size_t max_domain = 255;
/// RFC 5321 §4.5.3.1.3, and so that the line stays below the 998 of RFC 5322 §2.1.1.
constexpr std::size_t max_path = 256;

/// What can stand in a Domain, an address-literal and a Mailbox without quotes
/// (RFC 5321 §4.1.2).
bool is_plain(char c)
{
    return c > ' ' && c <= '~' &&
           std::string_view("()<>,;\"\\").find(c) == std::string_view::npos;
}

std::string plain(std::string_view text)
{
    std::string result(text.substr(0, max_domain));
    std::replace_if(
        result.begin(), result.end(), [](char c) { return !is_plain(c); }, '?');
    return result;
}

/// RFC 5322 §3.3.
std::string date(std::int64_t time)
{
    const auto seconds = static_cast<std::time_t>(time);
    std::tm parts = {};
    char text[64];
    if (::localtime_r(&seconds, &parts) == nullptr ||
        std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S %z", &parts) == 0)
        return "Thu, 01 Jan 1970 00:00:00 +0000";
    return text;
}

} // namespace

std::string received_field(const Origin& origin, std::string_view host,
                           std::string_view recipient, std::int64_t time)
{
    std::string field = "Received: from " + plain(origin.client);
    if (origin.address.find(':') != std::string::npos)
        field += " ([IPv6:" + plain(origin.address) + "])";
    else if (!origin.address.empty())
        field += " ([" + plain(origin.address) + "])";
    field += "\n\tby " + plain(host) + " with ";
    field += origin.protocol == Origin::Protocol::Utf8Lmtp ? "UTF8LMTP" : "LMTP";
    if (!recipient.empty() && recipient.size() <= max_path &&
        std::all_of(recipient.begin(), recipient.end(), is_plain))
        field += "\n\tfor <" + std::string(recipient) + ">";
    return field + ";\n\t" + date(time) + "\n";
}

} // namespace deliver
