// SPDX-License-Identifier: ISC
#include "config/ini_file.h"

#include <algorithm>
#include <cstring>

#include <ini.h>

namespace config {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";

/// Gives inih one line after the other and hears from it what was in them.
///
/// inih tells neither a pair's line nor, beyond the first, the lines it could not
/// read; but it asks for a line only when it is done with the one before. So a line
/// that says something and of which we have heard nothing when the next is asked for
/// is one of those.
class Lines {
public:
    Lines(std::string_view text, const std::function<void(const IniLine&)>& take)
        : rest_(text), take_(&take)
    {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (rest_.starts_with(byte_order_mark))
            rest_.remove_prefix(byte_order_mark.size());
    }

    /// fgets(3) as inih wants it.
    char* next(char* into, std::size_t size)
    {
        finish();
        for (;;) {
            if (rest_.empty())
                return nullptr;
            std::string_view line = take_line();
            if (!is_for_inih(line))
                continue;
            line = line.substr(0, size - 1);
            std::memcpy(into, line.data(), line.size());
            into[line.size()] = '\0';
            return into;
        }
    }

    void pair(std::string_view key, std::string_view value)
    {
        open_ = false;
        (*take_)({IniLine::Kind::Pair, number_, section_, key, value});
    }

    /// Says what was wrong with the last line, if nothing was heard of it.
    void finish()
    {
        if (open_)
            fault("neither [section] nor key = value");
    }

private:
    std::string_view take_line()
    {
        const std::size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++number_;
        // Without the white space in front inih would take for a continuation.
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line.remove_suffix(line.size() - (line.find_last_not_of(blanks) + 1));
        return line;
    }

    /// Deals with whatever is not for inih: comments, lines it cannot hold, and
    /// sections, whose names it would cut. True for the rest.
    bool is_for_inih(std::string_view line)
    {
        if (line.empty() || line.front() == ';' || line.front() == '#')
            return false;
        if (line.size() > max_ini_line)
            fault("longer than " + std::to_string(max_ini_line) + " octets");
        else if (line.find('\0') != std::string_view::npos)
            fault("a NUL in it");
        else if (line.front() == '[')
            section(line.substr(1));
        else
            return open_ = true;
        return false;
    }

    void section(std::string_view line)
    {
        const std::size_t end = line.find(']');
        if (end == std::string_view::npos)
            return fault("no ] at the end of [section]");
        const std::string_view after = line.substr(end + 1);
        const std::size_t more = after.find_first_not_of(blanks);
        if (more != std::string_view::npos && after[more] != ';')
            return fault("something after [section]");
        section_ = line.substr(0, end);
        (*take_)({IniLine::Kind::Section, number_, section_, {}, {}});
    }

    void fault(std::string_view why)
    {
        open_ = false;
        (*take_)({IniLine::Kind::Faulty, number_, section_, {}, why});
    }

    std::string_view rest_;
    const std::function<void(const IniLine&)>* take_;
    std::string_view section_;
    unsigned number_ = 0;
    bool open_ = false; ///< inih has a line of which we have heard nothing
};

} // namespace

void read_ini(std::string_view text, const std::function<void(const IniLine&)>& take)
{
    Lines lines(text, take);
    static_cast<void>(::ini_parse_stream(
        [](char* into, int size, void* stream) {
            return static_cast<Lines*>(stream)->next(into,
                                                     static_cast<std::size_t>(size));
        },
        &lines,
        [](void* user, const char*, const char* key, const char* value) {
            static_cast<Lines*>(user)->pair(key, value);
            return 1;
        },
        &lines));
    lines.finish();
}

} // namespace config
