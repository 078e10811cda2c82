// SPDX-License-Identifier: ISC
#include "deliver/archives.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#ifdef AVOCET_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <sys/stat.h>
#endif

#include "text/ascii.h"

namespace deliver {
namespace {

/// As libmagic calls them, in versions 5.40 to 5.45.
constexpr std::string_view archives[] = {
    "application/gzip",
    "application/java-archive",
    "application/vnd.ms-cab-compressed",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-archive",
    "application/x-bzip2",
    "application/x-compress",
    "application/x-cpio",
    "application/x-gtar",
    "application/x-gzip",
    "application/x-iso9660-image",
    "application/x-lha",
    "application/x-lz4",
    "application/x-lzh-compressed",
    "application/x-lzip",
    "application/x-lzma",
    "application/x-rar",
    "application/x-tar",
    "application/x-xar",
    "application/x-xz",
    "application/x-zip-compressed",
    "application/x-zstd",
    "application/zip",
    "application/zstd",
};

constexpr std::pair<std::string_view, std::string_view> extensions[] = {
    {"bat", "text/x-msdos-batch"},
    {"cmd", "text/x-msdos-batch"},
    {"com", "application/x-dosexec"},
    {"dll", "application/vnd.microsoft.portable-executable"},
    {"exe", "application/vnd.microsoft.portable-executable"},
    {"hta", "application/hta"},
    {"jar", "application/java-archive"},
    {"js", "application/javascript"},
    {"jse", "application/javascript"},
    {"lnk", "application/x-ms-shortcut"},
    {"msi", "application/x-msi"},
    {"pif", "application/vnd.microsoft.portable-executable"},
    {"ps1", "text/x-powershell"},
    {"scr", "application/vnd.microsoft.portable-executable"},
    {"vbe", "text/vbscript"},
    {"vbs", "text/vbscript"},
    {"wsf", "text/xml"},
};

} // namespace

bool is_archive(std::string_view type)
{
    return std::find(std::begin(archives), std::end(archives), type) !=
           std::end(archives);
}

std::string_view type_by_name(std::string_view name)
{
    // Windows drops these at the end of a name, and takes what is before them.
    name = name.substr(0, name.find_last_not_of(" .") + 1);
    const auto dot = name.rfind('.');
    if (dot == name.npos)
        return {};
    for (const auto& [extension, type] : extensions)
        if (text::equal_ignoring_case(name.substr(dot + 1), extension))
            return type;
    return {};
}

#ifdef AVOCET_LIBARCHIVE

/// The types are those of its header, whose ABI is that of libarchive.so.13.
struct ArchiveLibrary::Functions {
    decltype(&::archive_read_new) make;
    decltype(&::archive_read_free) free;
    std::vector<decltype(&::archive_read_support_format_zip)> supports;
    decltype(&::archive_read_open_memory) open;
    decltype(&::archive_read_next_header) next;
    decltype(&::archive_read_data_block) read;
    decltype(&::archive_filter_count) filters;
    decltype(&::archive_format) format;
    decltype(&::archive_entry_pathname) path;
    decltype(&::archive_entry_filetype) file_type;
};

namespace {

/// What is not here is no archive: text that libarchive takes for a list of files, and
/// what it would have other programs read.
constexpr const char* supports[] = {
    "archive_read_support_filter_bzip2",
    "archive_read_support_filter_compress",
    "archive_read_support_filter_gzip",
    "archive_read_support_filter_lz4",
    "archive_read_support_filter_lzip",
    "archive_read_support_filter_lzma",
    "archive_read_support_filter_xz",
    "archive_read_support_filter_zstd",
    "archive_read_support_format_7zip",
    "archive_read_support_format_ar",
    "archive_read_support_format_cab",
    "archive_read_support_format_cpio",
    "archive_read_support_format_iso9660",
    "archive_read_support_format_lha",
    "archive_read_support_format_rar",
    "archive_read_support_format_rar5",
    "archive_read_support_format_tar",
    "archive_read_support_format_xar",
    "archive_read_support_format_zip",
    // One compressed file.
    "archive_read_support_format_raw",
};

/// Whether it is there; puts it into its place.
template <class Function>
bool find(void* library, const char* name, Function& function)
{
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

/// The first octets of the member that was found last: a block of it, because of what
/// is read in one piece nothing is told where it is damaged.
template <class Functions>
std::string_view beginning(const Functions& library, archive* reader)
{
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = library.read(reader, &block, &size, &offset);
    if ((status != ARCHIVE_OK && status != ARCHIVE_WARN) || offset != 0)
        return {};
    return {static_cast<const char*>(block), std::min(size, archive_member_octets)};
}

} // namespace

std::optional<ArchiveLibrary> ArchiveLibrary::load()
{
    void* const library = ::dlopen("libarchive.so.13", RTLD_NOW);
    Functions all = {};
    if (library == nullptr || !find(library, "archive_read_new", all.make) ||
        !find(library, "archive_read_free", all.free) ||
        !find(library, "archive_read_open_memory", all.open) ||
        !find(library, "archive_read_next_header", all.next) ||
        !find(library, "archive_read_data_block", all.read) ||
        !find(library, "archive_filter_count", all.filters) ||
        !find(library, "archive_format", all.format) ||
        !find(library, "archive_entry_pathname", all.path) ||
        !find(library, "archive_entry_filetype", all.file_type))
        return std::nullopt;
    for (const char* const name : supports) {
        decltype(&::archive_read_support_format_zip) support = nullptr;
        if (find(library, name, support)) // an older one may not know it
            all.supports.push_back(support);
    }
    return ArchiveLibrary(std::make_unique<const Functions>(std::move(all)));
}

void ArchiveLibrary::list(std::string_view octets, const Take& take) const
{
    const Functions& library = *functions_;
    const std::unique_ptr<archive, decltype(library.free)> reader(library.make(),
                                                                  library.free);
    if (!reader)
        return;
    for (const auto& support : library.supports)
        support(reader.get());
    if (library.open(reader.get(), octets.data(), octets.size()) != ARCHIVE_OK)
        return;
    archive_entry* entry = nullptr;
    for (;;) {
        const int status = library.next(reader.get(), &entry);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return; // the end, or damage
        const bool is_raw = library.format(reader.get()) == ARCHIVE_FORMAT_RAW;
        if (is_raw && library.filters(reader.get()) < 2)
            return; // no archive at all
        const auto type = library.file_type(entry);
        if (!is_raw && type != AE_IFREG && type != 0)
            continue;
        const char* const name = is_raw ? nullptr : library.path(entry);
        if (!take(name == nullptr ? "" : name, beginning(library, reader.get())))
            return;
    }
}

#else

struct ArchiveLibrary::Functions {};

std::optional<ArchiveLibrary> ArchiveLibrary::load()
{
    return std::nullopt;
}

void ArchiveLibrary::list(std::string_view, const Take&) const
{
}

#endif

ArchiveLibrary::ArchiveLibrary(std::unique_ptr<const Functions> functions)
    : functions_(std::move(functions))
{
}

ArchiveLibrary::ArchiveLibrary(ArchiveLibrary&&) noexcept = default;
ArchiveLibrary::~ArchiveLibrary() = default;

} // namespace deliver
