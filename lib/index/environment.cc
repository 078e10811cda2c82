// SPDX-License-Identifier: ISC
/// \file
/// Two locks on the index file, both dropped by the kernel when a process ends:
///
/// - flock(2): shared by readers, exclusive for a writer, held for one transaction;
///   and exclusive while the file is opened, looked over and made.
/// - an "open file description" lock (fcntl(2), F_OFD_SETLK) for reading, held as
///   long as the index is open: so that the next one to open it, and the last one to
///   close it, know whether they have company.
///
/// What an opener finds, and does:
///
/// | header        | company | boot  |                                            |
/// |---------------|---------|-------|--------------------------------------------|
/// | none          |         |       | size 0: make it; else set it aside         |
/// | later format  | yes     |       | Busy: theirs, during an upgrade            |
/// | other format  |         |       | set aside                                  |
/// | in use        | yes     | same  | keep                                       |
/// | in use        | no      | same  | somebody was killed: check the pages, keep |
/// | in use        |         | other | empty it: the machine went down            |
/// | synced        |         |       | keep if nobody has touched it, else empty  |
#include "index/environment.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope_exit.h"
#include "index/file_system.h"
#include "index/page_check.h"

namespace indexing {

namespace {

/// However often the file changes under our hands while we open it.
constexpr int max_tries = 10;
/// No index grows beyond this; a Maildir of 100 million messages would.
constexpr std::size_t max_map = std::size_t{64} << 30;

/// After so many changes in one transaction LMDB's memory is given back: they are
/// some 500 KB of pages. Nor do so many look-ups stay in the memory of an idle process.
constexpr std::size_t many_changes = 1000;
constexpr std::size_t many_look_ups = 1000;

constexpr std::array<const char*, table_count> table_names = {
    "meta",    "folders",  "folder-names", "messages", "names",
    "changes", "vanished", "sets",         "cached"};

/// Without an id from the kernel none is like another: what was not synced is
/// worth nothing then.
std::string kernel_boot_id()
{
    const base::UniqueFd file(
        ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    std::array<char, Header::max_boot_id> text = {};
    const ssize_t got = file ? ::read(file.get(), text.data(), text.size()) : 0;
    std::string id(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!id.empty() && id.back() == '\n')
        id.pop_back();
    return id;
}

base::Error error_of(int code, std::string_view what)
{
    if (code > 0)
        return base::Error::from_errno(what, "index", code);
    const auto errc = code == MDB_MAP_FULL || code == MDB_TXN_FULL
                          ? base::Errc::NoSpace
                          : base::Errc::Corrupt;
    return {errc, std::string(what) + " index: " + mdb_strerror(code)};
}

std::int64_t nanoseconds(const struct timespec& time)
{
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

bool same_file(const struct stat& a, const struct stat& b)
{
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

} // namespace

Environment::Environment(std::string directory, const base::Clock& clock,
                         const Options& options)
    : directory_(std::move(directory)),
      path_(directory_ + '/' + std::string(file_name)), clock_(&clock),
      options_(options)
{
    if (options_.boot_id.empty())
        options_.boot_id = kernel_boot_id();
}

Environment::~Environment()
{
    if (env_ != nullptr && !broken_)
        close_clean();
    close_map();
}

base::Result<std::unique_ptr<Environment>>
Environment::open(const std::string& directory, const base::Clock& clock,
                  const Options& options)
{
    std::string_view emptied_because;
    for (int tries = 0; tries < max_tries; ++tries) {
        std::unique_ptr<Environment> environment(
            new Environment(directory, clock, options));
        if (const base::Status opened = environment->open_file(); !opened)
            return opened.error();
        const base::Result<Verdict> verdict = environment->examine();
        if (!verdict)
            return verdict.error();
        if (*verdict == Verdict::TryAgain)
            continue;
        if (emptied_because.empty())
            emptied_because = environment->emptied_because_;
        if (*verdict == Verdict::SetAside) {
            environment->set_aside();
            continue;
        }
        if (*verdict == Verdict::Empty) {
            if (const base::Status emptied = environment->empty(); !emptied)
                return emptied.error();
        }
        const base::Status mapped = environment->open_map();
        if (mapped && environment->is_mapped()) {
            environment->emptied_because_ = emptied_because;
            environment->unlock();
            return environment;
        }
        environment->broken_ = true; // it must not be closed as if it were good
        if (mapped)
            continue;
        if (mapped.error().code != base::Errc::Corrupt)
            return mapped.error();
        emptied_because = "damaged";
        environment->set_aside();
    }
    return base::Error{base::Errc::Busy, directory + '/' + std::string(file_name) +
                                             ": others keep replacing it"};
}

/// Opens the file, makes it if there is none, and locks it.
base::Status Environment::open_file()
{
    const base::UniqueFd place(
        ::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!place)
        return base::Error::from_errno("open", directory_);
    if (const base::Status suits = check_file_system(place.get(), directory_); !suits)
        return suits;
    file_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600));
    if (!file_)
        return base::Error::from_errno("open", path_);
    lock(LOCK_EX);
    return base::Done{};
}

base::Result<Environment::Verdict> Environment::examine()
{
    struct stat ours = {}, named = {};
    if (::fstat(file_.get(), &ours) != 0)
        return base::Error::from_errno("fstat", path_);
    if (::stat(path_.c_str(), &named) != 0 || !same_file(ours, named))
        return Verdict::TryAgain; // replaced before we had the lock
    if (!S_ISREG(ours.st_mode)) {
        emptied_because_ = "foreign";
        return Verdict::SetAside;
    }
    // It may be a link to another place.
    if (const base::Status suits = check_file_system(file_.get(), path_); !suits)
        return suits.error();
    if (ours.st_size == 0) {
        emptied_because_ = has_company() ? "damaged" : "new";
        return has_company() ? Verdict::SetAside : Verdict::Empty;
    }
    const std::optional<Header> header = Header::read(file_.get());
    if (!header) {
        emptied_because_ = "foreign";
        return Verdict::SetAside;
    }
    if (header->format > Header::current_format && has_company())
        return base::Error{base::Errc::Busy,
                           path_ + ": in use by sessions of a later version"};
    return examine(*header, ours.st_ino, static_cast<std::uint64_t>(ours.st_size),
                   nanoseconds(ours.st_mtim));
}

Environment::Verdict Environment::examine(const Header& header, std::uint64_t inode,
                                          std::uint64_t size, std::int64_t mtime_ns)
{
    if (header.format != Header::current_format) {
        emptied_because_ = header.format > Header::current_format ? "newer" : "older";
        return Verdict::SetAside;
    }
    if (has_company())
        return Verdict::Keep;
    if (header.state == Header::State::Synced) {
        const bool untouched = header.inode == inode && header.size == size &&
                               header.mtime * 1'000'000'000 == mtime_ns;
        if (untouched)
            return Verdict::Keep;
        emptied_because_ = "touched"; // restored from a backup, or written over
        return Verdict::Empty;
    }
    if (header.boot_id.empty() || header.boot_id != options_.boot_id) {
        emptied_because_ = "reboot";
        return Verdict::Empty;
    }
    if (!pages_are_sound(file_.get(), size)) {
        emptied_because_ = "damaged";
        return Verdict::SetAside;
    }
    return Verdict::Keep;
}

base::Status Environment::empty()
{
    if (::ftruncate(file_.get(), 0) != 0)
        return base::Error::from_errno("truncate", path_);
    return base::Done{};
}

base::Status Environment::open_map()
{
    struct stat before = {};
    if (::fstat(file_.get(), &before) != 0)
        return base::Error::from_errno("fstat", path_);
    if (const int code = map(); code != 0)
        return error_of(code, "open");
    if (before.st_size == 0) {
        if (const base::Status marked = header_in_use().write(file_.get()); !marked)
            return marked;
    }
    int code = open_tables(MDB_RDONLY, 0);
    if (code == MDB_NOTFOUND) // new, or its maker was killed before this
        code = open_tables(0, MDB_CREATE);
    if (code != 0)
        return error_of(code, "open");
    struct flock presence = {};
    presence.l_type = F_RDLCK;
    presence.l_len = 1;
    if (::fcntl(file_.get(), F_OFD_SETLK, &presence) != 0)
        return base::Error::from_errno("lock", path_);
    return base::Done{};
}

int Environment::map()
{
    int code = mdb_env_create(&env_);
    if (code == 0)
        code = mdb_env_set_maxdbs(env_, static_cast<MDB_dbi>(table_count));
    if (code == 0)
        code = mdb_env_set_mapsize(env_, options_.map_size);
    if (code == 0)
        code = mdb_env_open(env_, path_.c_str(),
                            MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK | MDB_NOTLS, 0600);
    MDB_stat about = {};
    if (code == 0)
        code = mdb_env_stat(env_, &about);
    page_octets_ = about.ms_psize;
    return code;
}

/// LMDB never gives back the memory of the pages it has changed: 30 MB after a folder
/// of 100,000 messages, in a session that will be idle. Opening anew takes 0.1 ms.
void Environment::map_again()
{
    if (!is_current())
        return; // the name leads elsewhere by now; the caller will notice
    close_map();
    if (map() != 0 || !is_mapped() || open_tables(MDB_RDONLY, 0) != 0)
        broken_ = true;
}

/// The pages stay in the kernel's cache. But those that were read are part of this
/// process and of its page tables: 13 MB after 10,000 BODYSTRUCTUREs.
void Environment::rest()
{
    if (look_ups_ <= many_look_ups || reads_ > 0 || writing_ || broken_)
        return;
    look_ups_ = 0;
    map_again();
}

int Environment::open_tables(unsigned txn_flags, unsigned table_flags)
{
    MDB_txn* txn = nullptr;
    if (const int code = begin(txn_flags, &txn); code != 0)
        return code;
    for (std::size_t i = 0; i < table_count; ++i) {
        const int code = mdb_dbi_open(txn, table_names[i], table_flags, &tables_[i]);
        if (code != 0) {
            mdb_txn_abort(txn);
            return code;
        }
    }
    return mdb_txn_commit(txn); // for reading too: it keeps the handles
}

/// Whether another process, or another Index, has the file open.
bool Environment::has_company() const
{
    struct flock theirs = {};
    theirs.l_type = F_WRLCK;
    theirs.l_len = 1;
    return ::fcntl(file_.get(), F_OFD_GETLK, &theirs) == 0 && theirs.l_type != F_UNLCK;
}

/// Whether LMDB, which opens by name, has opened the file that we hold.
bool Environment::is_mapped() const
{
    int fd = -1;
    struct stat ours = {}, mapped = {};
    return mdb_env_get_fd(env_, &fd) == 0 && ::fstat(file_.get(), &ours) == 0 &&
           ::fstat(fd, &mapped) == 0 && same_file(ours, mapped);
}

bool Environment::is_current() const
{
    struct stat ours = {}, named = {};
    return !broken_ && ::fstat(file_.get(), &ours) == 0 &&
           ::stat(path_.c_str(), &named) == 0 && same_file(ours, named);
}

/// Gives the file another name, unless somebody else has done so already.
void Environment::set_aside() const
{
    struct stat ours = {}, named = {};
    if (::fstat(file_.get(), &ours) != 0 || ::stat(path_.c_str(), &named) != 0 ||
        !same_file(ours, named))
        return;
    const std::string aside = directory_ + '/' + std::string(damaged_name);
    if (::rename(path_.c_str(), aside.c_str()) != 0)
        ::unlink(path_.c_str());
}

void Environment::lock(int operation)
{
    // A signal whose handler only sets a flag may interrupt us; whoever has the lock
    // is about to give it back.
    while (::flock(file_.get(), operation) != 0) {
        if (errno != EINTR)
            throw Failed(base::Error::from_errno("flock", path_));
    }
}

void Environment::unlock()
{
    ::flock(file_.get(), LOCK_UN);
}

Header Environment::header_in_use() const
{
    Header header;
    header.boot_id = options_.boot_id;
    return header;
}

/// Before a change: what says that the file is on disk must be gone from the disk.
base::Status Environment::mark_in_use()
{
    const std::optional<Header> header = Header::read(file_.get());
    if (!header)
        condemn("its header is gone");
    if (header->state == Header::State::InUse)
        return base::Done{};
    if (const base::Status marked = header_in_use().write(file_.get()); !marked)
        return marked;
    if (::fdatasync(file_.get()) != 0)
        return base::Error::from_errno("fdatasync", path_);
    return base::Done{};
}

/// If nobody else has it open and it was written: syncs it, and says so in it.
void Environment::close_clean()
{
    struct stat ours = {};
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 || has_company() || !is_current())
        return;
    const std::optional<Header> left = Header::read(file_.get());
    if (!left || left->state != Header::State::InUse || mdb_env_sync(env_, 1) != 0 ||
        ::fstat(file_.get(), &ours) != 0)
        return;
    Header header = header_in_use();
    header.state = Header::State::Synced;
    header.inode = ours.st_ino;
    header.size = static_cast<std::uint64_t>(ours.st_size);
    header.mtime = clock_->wall_us() / 2'000'000 * 2; // any file system can store that
    if (!header.write(file_.get()))
        return;
    const std::array<struct timespec, 2> times = {
        timespec{0, UTIME_OMIT}, timespec{static_cast<time_t>(header.mtime), 0}};
    ::futimens(file_.get(), times.data());
    ::fsync(file_.get());
}

void Environment::close_map()
{
    if (reader_ != nullptr)
        mdb_txn_abort(std::exchange(reader_, nullptr));
    if (env_ != nullptr)
        mdb_env_close(std::exchange(env_, nullptr));
}

int Environment::begin(unsigned flags, MDB_txn** txn)
{
    for (int tries = 0;; ++tries) {
        const int code = mdb_txn_begin(env_, nullptr, flags, txn);
        if (code != MDB_MAP_RESIZED || tries == max_tries)
            return code;
        // Another process has let the file grow: map as much as it says is needed.
        if (const int resized = mdb_env_set_mapsize(env_, 0); resized != 0)
            return resized;
    }
}

std::uint64_t Environment::octets_needed() const
{
    MDB_envinfo info = {};
    mdb_env_info(env_, &info);
    return (std::uint64_t{info.me_last_pgno} + 1) * page_octets_;
}

/// A file that somebody has cut short must not be touched: that is a SIGBUS.
void Environment::check_size()
{
    if (broken_)
        throw Damaged({base::Errc::Corrupt, path_ + ": given up earlier"});
    struct stat ours = {};
    if (::fstat(file_.get(), &ours) != 0)
        throw Failed(base::Error::from_errno("fstat", path_));
    const auto size = static_cast<std::uint64_t>(ours.st_size);
    if (size < 2 * page_octets_ || size < octets_needed())
        condemn("it has been cut short");
}

Read Environment::read()
{
    if (writing_)
        throw std::logic_error("index: read() inside a write");
    if (reads_ == 0) {
        lock(LOCK_SH);
        base::ScopeExit locked([this] { unlock(); });
        check_size();
        int code =
            reader_ != nullptr ? mdb_txn_renew(reader_) : begin(MDB_RDONLY, &reader_);
        if (code == MDB_MAP_RESIZED) {
            mdb_txn_abort(std::exchange(reader_, nullptr));
            code = begin(MDB_RDONLY, &reader_);
        }
        if (code != 0)
            fail(code);
        locked.dismiss();
    }
    ++reads_;
    return Read(*this, reader_);
}

void Environment::end_read()
{
    if (--reads_ > 0)
        return;
    mdb_txn_reset(reader_);
    unlock();
}

base::Status Environment::transact(const std::function<bool(Write&)>& change)
{
    if (reads_ > 0 || writing_)
        throw std::logic_error("index: write() inside another transaction");
    try {
        lock(LOCK_EX);
        writing_ = true;
        const base::ScopeExit ended([this] {
            writing_ = false;
            unlock();
        });
        if (const base::Status marked = mark_in_use(); !marked)
            return marked;
        while (attempt(change) == Outcome::MapFull) {
            if (const base::Status grown = grow(); !grown)
                return grown;
        }
        return base::Done{};
    } catch (const Failed& failed) {
        // Here our own exceptions, which spare each line of a change its `if`, end:
        // what becomes of the failure is for the caller to decide.
        return failed.error();
    }
}

Environment::Outcome Environment::attempt(const std::function<bool(Write&)>& change)
{
    MDB_txn* txn = nullptr;
    changes_ = 0;
    check_size();
    if (const int code = begin(0, &txn); code != 0)
        fail(code);
    const base::ScopeExit ended([&txn] {
        if (txn != nullptr)
            mdb_txn_abort(txn);
    });
    try {
        Write write(*this, txn);
        if (!change(write))
            return Outcome::Done;
    } catch (const MapFull&) {
        return Outcome::MapFull; // begun again with a larger map
    }
    const int code = mdb_txn_commit(std::exchange(txn, nullptr));
    if (code == MDB_MAP_FULL)
        return Outcome::MapFull;
    if (code != 0)
        fail(code);
    // Pages that were taken and given back within the transaction are counted, but
    // not written: at the end of the file they would look like a file cut short.
    struct stat ours = {};
    if (::fstat(file_.get(), &ours) == 0 &&
        static_cast<std::uint64_t>(ours.st_size) < octets_needed() &&
        ::ftruncate(file_.get(), static_cast<off_t>(octets_needed())) != 0)
        condemn("it cannot be extended");
    if (changes_ > many_changes)
        map_again();
    return Outcome::Done;
}

base::Status Environment::grow()
{
    MDB_envinfo info = {};
    mdb_env_info(env_, &info);
    if (info.me_mapsize > max_map / 2)
        return error_of(MDB_MAP_FULL, "grow");
    if (const int code = mdb_env_set_mapsize(env_, 2 * info.me_mapsize); code != 0)
        return error_of(code, "grow");
    return base::Done{};
}

void Environment::fail(int code)
{
    switch (code) {
    case MDB_MAP_FULL:
        throw MapFull();
    case MDB_PANIC: // a write to the first pages failed: the file may be good
        broken_ = true;
        throw Damaged(error_of(code, "use"));
    case MDB_TXN_FULL:
        throw Failed(error_of(code, "change"));
    case MDB_BAD_VALSIZE:
    case MDB_BAD_TXN:
    case MDB_BAD_DBI:
        throw std::logic_error(std::string("index: ") + mdb_strerror(code));
    default:
        if (code > 0)
            throw Failed(error_of(code, "use"));
        condemn(mdb_strerror(code));
    }
}

void Environment::condemn(std::string_view why)
{
    set_aside();
    broken_ = true;
    throw Damaged({base::Errc::Corrupt, path_ + ": " + std::string(why)});
}

} // namespace indexing
