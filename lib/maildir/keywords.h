// SPDX-License-Identifier: ISC
/// \file
/// `dovecot-keywords`: what the letters a–z in the file names of a folder mean.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "maildir/name.h"
#include "maildir/uidlist.h"

namespace maildir {

/// The keywords of one folder. The format is `<number> <name>` a line; number 0 is
/// the letter a. Names are compared without regard to ASCII case, as IMAP does, and
/// kept as they were first written. A number once given is never taken away: file
/// names that we have not seen may use it.
class Keywords {
public:
    static constexpr const char* file_name = "dovecot-keywords";
    static constexpr std::size_t max_octets = std::size_t{1} << 20;
    /// Longest name that is taken. Unit: octets.
    static constexpr std::size_t max_name = 255;

    Keywords() = default;

    /// The keywords of a folder; none at all if there is no file. Lines that are
    /// not of the format are ignored, and gone with the next `save`; of two lines
    /// with one number the first counts. Errors: Limit, Io.
    static base::Result<Keywords> load(int folder_fd);
    /// The same from text. Pure.
    static Keywords parse(std::string_view text);

    /// The number of a keyword, 0 … 25.
    std::optional<unsigned> index_of(std::string_view name) const;
    /// The name that stands for `index`; empty if there is none.
    std::string_view name_of(unsigned index) const;
    /// How many numbers are taken.
    std::size_t size() const;
    bool is_full() const { return size() == max_keywords; }

    /// The number of `name`, which gets the lowest free one if it is new, but none of
    /// `in_use`: letters that files have, named or not. Where one has no name (the
    /// table was lost, say), those files must not come by a keyword that nobody gave
    /// them. In memory only: call under the folder's lock after a fresh `load`, then
    /// `save`, then use the letter. Errors: Limit if all 26 are taken; Cannot for an
    /// empty name, one longer than `max_name`, or one with a space or a control
    /// character.
    base::Result<unsigned> add(std::string_view name, KeywordBits in_use = 0);

    /// Writes the file, whole or not at all, and waits until it is on disk.
    base::Status save(int folder_fd);
    std::string to_text() const;

    /// The names of the bits set in `bits` that have one.
    std::vector<std::string> names(KeywordBits bits) const;

    /// The file as loaded; all 0 when there was none.
    const FileStamp& stamp() const { return stamp_; }

private:
    std::array<std::string, max_keywords> names_; // empty: free
    FileStamp stamp_;
};

/// What Courier knows of a folder's keywords: the table, and who has which.
struct CourierKeywords {
    Keywords keywords;
    std::vector<std::pair<std::string, KeywordBits>> messages; ///< base name, bits

    /// The file `:list`: names, an empty line, then `base:index index …`. Pure.
    /// Names past the 26th are dropped, as nothing of ours could hold them.
    static CourierKeywords parse(std::string_view list);
};

/// `courierimapkeywords/` of a folder: `:list`, overridden by the files that are
/// there for single messages. NotFound if there is no such directory.
base::Result<CourierKeywords> import_courier_keywords(int folder_fd);

} // namespace maildir
