// SPDX-License-Identifier: ISC
/// \file
/// LMDB's file format, version 1, as far as walking it goes.
///
/// A page: number (8 octets), 2 unused, flags (2), end of the pointers (2), begin of
/// the entries (2), then a 2-octet offset for each entry. An entry: data size or low
/// half of a child's page number (2 + 2), flags or its high half (2), key size (2),
/// key, data. Large data are on pages of their own, of which the entry has the number.
#include "index/page_check.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include <unistd.h>

namespace indexing {

namespace {

constexpr std::size_t header_octets = 16;
constexpr std::size_t entry_octets = 8;
constexpr std::uint32_t lmdb_magic = 0xbeefc0de;
constexpr std::uint32_t known_version = 1;
constexpr int max_depth = 32; // of LMDB's cursors
constexpr std::size_t max_page = 65536;

enum PageFlag : std::uint16_t { Branch = 0x01, Leaf = 0x02, Overflow = 0x04 };
enum TreeFlag : std::uint16_t { IntegerKeys = 0x08 };
constexpr unsigned all_tree_flags = 0x7f;
enum EntryFlag : std::uint16_t { Large = 0x01, Tree = 0x02 };

/// A tree, as the first pages and the entries of the main tree have it.
struct TreeRecord {
    std::uint32_t page_octets; // in the first of the two of a meta page
    std::uint16_t flags;
    std::uint16_t depth;
    std::uint64_t branch_pages;
    std::uint64_t leaf_pages;
    std::uint64_t overflow_pages;
    std::uint64_t entries;
    std::uint64_t root;
};
static_assert(sizeof(TreeRecord) == 48);
constexpr std::uint64_t no_page = ~std::uint64_t{0};

struct MetaPage {
    std::array<char, header_octets> header;
    std::uint32_t magic;
    std::uint32_t version;
    std::uint64_t address;
    std::uint64_t map_octets;
    std::array<TreeRecord, 2> trees; // free pages; everything else
    std::uint64_t last_page;
    std::uint64_t transaction;
};
static_assert(sizeof(MetaPage) == 152);

template <class Number>
Number at(const std::vector<char>& page, std::size_t offset)
{
    Number number = 0;
    std::memcpy(&number, page.data() + offset, sizeof number);
    return number;
}

std::optional<MetaPage> meta_page(int file, std::uint64_t offset)
{
    MetaPage page = {};
    if (::pread(file, &page, sizeof page, static_cast<off_t>(offset)) !=
        static_cast<ssize_t>(sizeof page))
        return std::nullopt;
    return page;
}

class Walk {
public:
    Walk(int file, const MetaPage& meta, std::size_t page_octets)
        : file_(file), page_octets_(page_octets), last_page_(meta.last_page),
          seen_(meta.last_page + 1)
    {
    }
    bool free_pages(const TreeRecord& tree) { return walk(tree, Content::PageLists); }
    bool main(const TreeRecord& tree) { return walk(tree, Content::Trees); }

private:
    enum class Content { PageLists, Trees, Plain };

    bool walk(const TreeRecord& tree, Content content)
    {
        // That of the free pages also carries the flags the file was opened with.
        const unsigned flags = tree.flags & all_tree_flags;
        if (flags != (content == Content::PageLists ? IntegerKeys : 0))
            return false;
        if (tree.root == no_page)
            return tree.entries == 0;
        return tree.depth > 0 && tree.depth <= max_depth &&
               page(tree.root, tree.depth, content);
    }

    /// Each page may be reached once, which also ends a circle.
    bool claim(std::uint64_t number, std::uint64_t count)
    {
        if (number < 2 || count == 0 || number > last_page_ ||
            count > last_page_ - number + 1)
            return false;
        for (std::uint64_t i = number; i < number + count; ++i) {
            if (seen_[i])
                return false;
            seen_[i] = true;
        }
        return true;
    }

    bool load(std::uint64_t number, std::vector<char>& into, std::size_t octets) const
    {
        into.resize(octets);
        return ::pread(file_, into.data(), octets,
                       static_cast<off_t>(number * page_octets_)) ==
                   static_cast<ssize_t>(octets) &&
               at<std::uint64_t>(into, 0) == number;
    }

    bool page(std::uint64_t number, int depth, Content content)
    {
        std::vector<char> bytes;
        if (!claim(number, 1) || !load(number, bytes, page_octets_))
            return false;
        const bool is_leaf = depth == 1;
        // LMDB asserts that a branch has two children, but for the free pages'.
        const std::size_t fewest = is_leaf || content == Content::PageLists ? 1 : 2;
        const std::size_t lower = at<std::uint16_t>(bytes, 12);
        const std::size_t upper = at<std::uint16_t>(bytes, 14);
        if (at<std::uint16_t>(bytes, 10) != (is_leaf ? Leaf : Branch) ||
            lower > upper || upper > page_octets_ ||
            lower < header_octets + 2 * fewest || lower % 2 != 0)
            return false;
        for (std::size_t offset = header_octets; offset < lower; offset += 2) {
            const std::size_t entry = at<std::uint16_t>(bytes, offset);
            if (entry < upper || entry + entry_octets > page_octets_ || entry % 2 != 0)
                return false;
            const std::size_t key = at<std::uint16_t>(bytes, entry + 6);
            if (entry + entry_octets + key > page_octets_)
                return false;
            const bool sound = is_leaf ? leaf_entry(bytes, entry, content)
                                       : page(child(bytes, entry), depth - 1, content);
            if (!sound)
                return false;
        }
        return true;
    }

    static std::uint64_t child(const std::vector<char>& bytes, std::size_t entry)
    {
        return at<std::uint32_t>(bytes, entry) |
               std::uint64_t{at<std::uint16_t>(bytes, entry + 4)} << 32;
    }

    bool leaf_entry(const std::vector<char>& bytes, std::size_t entry, Content content)
    {
        const std::size_t octets = at<std::uint32_t>(bytes, entry);
        const std::uint16_t flags = at<std::uint16_t>(bytes, entry + 4);
        const std::size_t key = at<std::uint16_t>(bytes, entry + 6);
        const std::size_t data = entry + entry_octets + key;
        const std::size_t room = page_octets_ - data;
        if (key == 0)
            return false;
        if ((flags & Large) != 0) {
            if (room < 8 || flags != Large)
                return false;
            return large(at<std::uint64_t>(bytes, data), octets, content);
        }
        if (octets > room)
            return false;
        if (content == Content::Trees) {
            TreeRecord tree = {};
            if (flags != Tree || octets != sizeof tree)
                return false;
            std::memcpy(&tree, bytes.data() + data, sizeof tree);
            return walk(tree, Content::Plain);
        }
        if (content == Content::PageLists) {
            const std::vector<char> list(
                bytes.begin() + static_cast<std::ptrdiff_t>(data),
                bytes.begin() + static_cast<std::ptrdiff_t>(data + octets));
            return key == 8 && flags == 0 && page_list(list, 0);
        }
        return flags == 0;
    }

    bool large(std::uint64_t number, std::size_t octets, Content content)
    {
        std::vector<char> bytes;
        if (content == Content::Trees || number > last_page_ ||
            !load(number, bytes, header_octets) ||
            at<std::uint16_t>(bytes, 10) != Overflow)
            return false;
        const std::uint64_t pages = at<std::uint32_t>(bytes, 12);
        if (header_octets + octets > pages * page_octets_ || !claim(number, pages))
            return false;
        return content != Content::PageLists ||
               (load(number, bytes, header_octets + octets) &&
                page_list(bytes, header_octets));
    }

    /// A count, then so many numbers of pages that nothing else may be on.
    bool page_list(const std::vector<char>& bytes, std::size_t offset)
    {
        if (bytes.size() < offset + 8)
            return false;
        const std::uint64_t count = at<std::uint64_t>(bytes, offset);
        if (count > (bytes.size() - offset - 8) / 8)
            return false;
        for (std::uint64_t i = 1; i <= count; ++i) {
            if (!claim(at<std::uint64_t>(bytes, offset + 8 * i), 1))
                return false;
        }
        return true;
    }

    int file_;
    std::size_t page_octets_;
    std::uint64_t last_page_;
    std::vector<bool> seen_;
};

} // namespace

bool pages_are_sound(int file, std::uint64_t size)
{
    const std::optional<MetaPage> first = meta_page(file, 0);
    if (!first || first->magic != lmdb_magic)
        return false;
    if (first->version != known_version)
        return true;
    const std::size_t page_octets = first->trees[0].page_octets;
    if (page_octets < 4096 || page_octets > max_page || size % page_octets != 0)
        return false;
    const std::optional<MetaPage> second = meta_page(file, page_octets);
    if (!second || second->magic != lmdb_magic || second->version != known_version ||
        second->trees[0].page_octets != page_octets)
        return false;
    const MetaPage& newest =
        second->transaction > first->transaction ? *second : *first;
    if (newest.last_page < 1 || newest.last_page >= size / page_octets)
        return false;
    Walk walk(file, newest, page_octets);
    return walk.free_pages(newest.trees[0]) && walk.main(newest.trees[1]);
}

} // namespace indexing
