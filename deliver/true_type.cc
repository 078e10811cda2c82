// SPDX-License-Identifier: ISC
#include "deliver/true_type.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "deliver/archives.h"
#include "deliver/confine.h"
#include "io/deadline.h"
#include "io/file.h"
#include "mime/encoding.h"
#include "mime/structure.h"
#include "text/ascii.h"

namespace deliver {
namespace {

/// What the child ends with; 0 is all told.
enum Ending { AllTold = 0, NoMagic = 3, NotConfined = 4, Failed = 5, NoArchives = 6 };

/// What a child is for. Most messages have no archive, and libarchive brings a dozen
/// libraries with it: who looks into archives is another child, and comes second.
enum class Look { AtParts, IntoArchives };

/// libmagic, loaded when it is needed and not before: most sites have no use for it,
/// and its database is some megabytes. The declarations are those of <magic.h>, whose
/// ABI is that of libmagic.so.1.
class Magic {
public:
    static std::optional<Magic> load()
    {
        Magic magic;
        void* const library = ::dlopen("libmagic.so.1", RTLD_NOW);
        if (library == nullptr)
            return std::nullopt;
        const auto make = symbol<void* (*)(int)>(library, "magic_open");
        const auto load_database =
            symbol<int (*)(void*, const char*)>(library, "magic_load");
        magic.buffer_ = symbol<const char* (*)(void*, const void*, std::size_t)>(
            library, "magic_buffer");
        if (make == nullptr || load_database == nullptr || magic.buffer_ == nullptr)
            return std::nullopt;
        constexpr int mime_type = 0x10; // MAGIC_MIME_TYPE
        magic.cookie_ = make(mime_type);
        if (magic.cookie_ == nullptr || load_database(magic.cookie_, nullptr) != 0)
            return std::nullopt;
        return magic;
    }

    std::string type_of(std::string_view octets) const
    {
        const char* const type = buffer_(cookie_, octets.data(), octets.size());
        return type == nullptr ? "" : type;
    }

private:
    template <class Function>
    static Function symbol(void* library, const char* name)
    {
        return reinterpret_cast<Function>(::dlsym(library, name));
    }

    void* cookie_ = nullptr;
    const char* (*buffer_)(void*, const void*, std::size_t) = nullptr;
};

mime::Structure structure_of(int file)
{
    mime::StructureParser parser;
    std::array<char, 65536> buffer;
    for (std::uint64_t at = 0;;) {
        const auto n = io::read_at(file, buffer, at);
        if (!n || *n == 0)
            return parser.finish();
        parser.feed({buffer.data(), *n});
        at += *n;
    }
}

/// The first octets of a part, decoded, of at most so many that are encoded.
std::string beginning(int file, const mime::Part& part, std::uint64_t most)
{
    std::string octets(
        static_cast<std::size_t>(std::min<std::uint64_t>(part.body_octets, most)),
        '\0');
    const auto n = io::read_at(file, octets, part.body_offset);
    octets.resize(n ? *n : 0);
    auto decoder = mime::Decoder::create(part.encoding);
    if (!decoder)
        return octets;
    auto decoded = decoder->feed(octets);
    return decoded + decoder->finish();
}

/// Says what it finds in a message, a line each.
class Examiner {
public:
    Examiner(int file, Magic magic, std::optional<ArchiveLibrary> archives, int answer)
        : file_(file), magic_(magic), archives_(std::move(archives)), answer_(answer)
    {
    }

    void examine(const mime::Part& part)
    {
        for (const auto& child : part.children)
            examine(child);
        if (!part.children.empty() || parts_left_ == 0 || part.body_octets == 0)
            return;
        --parts_left_;
        const auto type = magic_.type_of(beginning(file_, part, true_type_octets));
        if (!archives_)
            tell(type);
        else if (is_archive(type))
            look_into(beginning(file_, part, 2 * archive_octets)); // base64
    }

private:
    void look_into(std::string_view archive)
    {
        const auto take = [&](std::string_view name, std::string_view octets) {
            if (members_left_ == 0)
                return false;
            --members_left_;
            tell(octets.empty() ? type_by_name(name) : magic_.type_of(octets));
            return true;
        };
        archives_->list(archive.substr(0, archive_octets), take);
    }

    void tell(std::string_view type)
    {
        static_cast<void>(io::write_all(answer_, std::string(type) + '\n'));
    }

    int file_;
    Magic magic_;
    std::optional<ArchiveLibrary> archives_;
    int answer_;
    std::size_t parts_left_ = true_type_parts;
    std::size_t members_left_ = archive_members;
};

/// Closes what else is open: what others wait for at those ends is not for whoever
/// takes over this process to say.
void keep_only(int one, int other)
{
    const auto first = static_cast<unsigned>(std::min(one, other));
    const auto second = static_cast<unsigned>(std::max(one, other));
    constexpr unsigned standard = 3;
    if (first > standard)
        static_cast<void>(::close_range(standard, first - 1, 0));
    if (second > first + 1)
        static_cast<void>(::close_range(first + 1, second - 1, 0));
    static_cast<void>(::close_range(second + 1, ~0U, 0));
}

[[noreturn]] void run_child(Look look, int file, int answer)
{
    int ending = Failed;
    try {
        keep_only(file, answer);
        const auto magic = Magic::load();
        if (!magic)
            ::_exit(NoMagic);
        auto archives = look == Look::IntoArchives ? ArchiveLibrary::load()
                                                   : std::optional<ArchiveLibrary>();
        if (look == Look::IntoArchives && !archives)
            ::_exit(NoArchives);
        if (!confine(Confined::Examiner))
            ::_exit(NotConfined);
        Examiner(file, *magic, std::move(archives), answer)
            .examine(structure_of(file).root);
        ending = AllTold;
    } catch (const std::exception&) {
        // Memory, which is limited. What was told stands.
    }
    ::_exit(ending);
}

/// All that comes until the other end closes, or patience ends.
std::string listen(int answer)
{
    constexpr std::size_t most = true_type_parts * 256;
    const base::SystemClock clock;
    const auto deadline = io::Deadline::after_ms(clock, true_type_patience_ms);
    std::string text;
    std::array<char, 4096> buffer;
    while (text.size() < most && !deadline.has_passed(clock)) {
        pollfd one = {answer, POLLIN, 0};
        if (::poll(&one, 1, deadline.poll_ms(clock)) <= 0)
            continue;
        const auto n = io::read(answer, buffer);
        if (!n || *n == 0)
            break;
        text.append(buffer.data(), *n);
    }
    return text;
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        lines.push_back(text::to_lower(text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// What a child of that kind finds.
base::Result<std::vector<std::string>> ask_child(Look look, int file)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return base::Error::from_errno("pipe");
    const base::UniqueFd answer(ends[0]);
    base::UniqueFd write_end(ends[1]);
    const pid_t child = ::fork();
    if (child < 0)
        return base::Error::from_errno("fork");
    if (child == 0)
        run_child(look, file, write_end.get());
    write_end.reset();
    const auto types = lines_of(listen(answer.get()));
    ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == NoMagic)
        return base::Error{base::Errc::Unsupported, "libmagic cannot be loaded", 0};
    if (WIFEXITED(status) && WEXITSTATUS(status) == NotConfined)
        return base::Error{base::Errc::Unsupported, "no seccomp here", 0};
    return types;
}

} // namespace

base::Result<std::vector<std::string>> true_types(int file)
{
    auto types = ask_child(Look::AtParts, file);
    if (!types || std::none_of(types->begin(), types->end(), is_archive))
        return types;
    const auto members = ask_child(Look::IntoArchives, file);
    if (members)
        types->insert(types->end(), members->begin(), members->end());
    return types;
}

} // namespace deliver
