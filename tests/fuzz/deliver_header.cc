// SPDX-License-Identifier: ISC
/// \file
/// The header filter of deliver: what comes out is the fields added and then the end of
/// what went in, however the input was cut. Input: an octet for the size of the pieces,
/// then the message.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "deliver/header_filter.h"

namespace {

using deliver::HeaderFilter;

constexpr std::string_view return_path = "Return-Path: <s>\n";
constexpr std::string_view delivered_to = "Delivered-To: r\n";

void require(bool is_so)
{
    if (!is_so)
        std::abort();
}

std::string filtered(std::string_view message, std::size_t step)
{
    HeaderFilter filter({"s", "r"});
    std::string out;
    for (std::size_t at = 0; at < message.size(); at += step)
        out += filter.pass(message.substr(at, step));
    out += filter.finish();
    require(!filter.empty() || out.empty());
    return out;
}

void take(std::string_view& text, std::string_view prefix)
{
    if (text.starts_with(prefix))
        text.remove_prefix(prefix.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = filtered(message, message.size() + 1);
    require(whole == filtered(message, 1 + std::size_t{data[0]}));

    // A message may begin with the very fields we add; only then can too much be taken.
    std::string_view rest = whole;
    if (!message.ends_with(rest)) {
        take(rest, return_path);
        if (!message.ends_with(rest))
            take(rest, delivered_to);
    }
    require(message.ends_with(rest));
    const std::string_view removed = message.substr(0, message.size() - rest.size());
    require(removed.empty() || removed.starts_with("From "));
    require(removed.find('\n') >= removed.size() - (removed.empty() ? 0 : 1));
    return 0;
}
