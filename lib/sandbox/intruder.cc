// SPDX-License-Identifier: ISC
#include "sandbox/intruder.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include <seccomp.h>
#include <unistd.h>

namespace sandbox {
namespace {

std::vector<std::string> words_of(std::string_view order)
{
    std::vector<std::string> words;
    while (!order.empty()) {
        const char end = order.front() == '\'' ? '\'' : ' ';
        const auto at = order.find(end, 1);
        words.emplace_back(order.substr(0, at));
        order.remove_prefix(at == std::string_view::npos ? order.size() : at + 1);
        while (!order.empty() && order.front() == ' ')
            order.remove_prefix(1);
    }
    return words;
}

} // namespace

std::string intrude(std::string_view order)
{
    static std::string octets;
    const auto words = words_of(order);
    if (words.empty() || words.size() > 7)
        return "?";
    std::array<long, 6> arguments = {};
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word.front() == '\'')
            arguments[i - 1] = reinterpret_cast<long>(word.c_str() + 1);
        else if (word.front() == '@')
            octets.assign(std::strtoul(word.c_str() + 1, nullptr, 10), '\0');
        else if (word.front() != '?')
            arguments[i - 1] = std::strtol(word.c_str(), nullptr, 0);
        if (word.front() == '@' || word.front() == '?')
            arguments[i - 1] = reinterpret_cast<long>(octets.data());
    }
    const long result =
        ::syscall(::seccomp_syscall_resolve_name(words[0].c_str()), arguments[0],
                  arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    return result < 0 ? "E" + std::to_string(errno) : "OK " + std::to_string(result);
}

} // namespace sandbox
