// SPDX-License-Identifier: ISC
#include "maildir/folder.h"

#include <cerrno>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/file.h>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::Folder;
using maildir::Where;
using maildir_test::Temporary;

/// A Maildir with the folder `.A`.
struct Fixture {
    Temporary root;
    Folder inbox = Folder::create(root.fd(), "").value();
    Folder a = Folder::create(root.fd(), ".A").value();
};

mode_t mode_of(const Temporary& root, const std::string& name)
{
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(root.fd(), name.c_str(), &status, 0) == 0);
    return status.st_mode & 0777;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(folder, Fixture)

BOOST_AUTO_TEST_CASE(creates_the_three_directories_and_the_mark)
{
    BOOST_TEST(root.names(".") == ".A cur new tmp");
    BOOST_TEST(root.names(".A") == "cur maildirfolder new tmp");
    BOOST_TEST((mode_of(root, ".A") == 0700));
    BOOST_TEST((mode_of(root, ".A/new") == 0700));
}

BOOST_AUTO_TEST_CASE(creates_no_folder_twice_but_finishes_a_half_made_one)
{
    const auto again = Folder::create(root.fd(), ".A");
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error().code == Errc::Exists));

    root.make_directory(".B");
    root.make_directory(".B/tmp");
    BOOST_TEST(Folder::create(root.fd(), ".B").has_value());
    BOOST_TEST(root.names(".B") == "cur maildirfolder new tmp");
}

BOOST_AUTO_TEST_CASE(opening_makes_missing_directories_again)
{
    static_cast<void>(maildir::remove_all(root.fd(), ".A/cur"));
    static_cast<void>(maildir::remove_all(root.fd(), ".A/tmp"));
    const auto folder = Folder::open(root.fd(), ".A");
    BOOST_REQUIRE(folder.has_value());
    BOOST_TEST(root.names(".A") == "cur maildirfolder new tmp");
    BOOST_TEST(folder->stamp(Where::Cur).has_value());
}

BOOST_AUTO_TEST_CASE(opening_makes_no_folder)
{
    const auto folder = Folder::open(root.fd(), ".B");
    BOOST_REQUIRE(!folder);
    BOOST_TEST((folder.error().code == Errc::NotFound));
    BOOST_TEST(!root.has(".B"));
}

BOOST_AUTO_TEST_CASE(messages_are_regular_files)
{
    root.write("new/m", "hello");
    auto file = inbox.open_message(Where::New, "m");
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(io::read_whole(file->get(), 100).value() == "hello");
    const auto facts = inbox.stat(Where::New, "m");
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->size == 5U);
    BOOST_TEST(facts->links == 1U);

    BOOST_TEST((inbox.open_message(Where::Cur, "m").error().code == Errc::NotFound));
    BOOST_TEST((inbox.stat(Where::Cur, "m").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_no_message_and_never_waited_for)
{
    BOOST_REQUIRE(::symlinkat("/etc/passwd", root.fd(), "new/link") == 0);
    BOOST_REQUIRE(::mkfifoat(root.fd(), "new/fifo", 0600) == 0);
    root.make_directory("new/directory");
    for (const char* name : {"link", "fifo", "directory"}) {
        const auto file = inbox.open_message(Where::New, name);
        BOOST_REQUIRE(!file);
        BOOST_TEST((file.error().code == Errc::Corrupt), name);
        BOOST_TEST((inbox.stat(Where::New, name).error().code == Errc::Corrupt), name);
    }
}

BOOST_AUTO_TEST_CASE(rename_moves_between_new_and_cur)
{
    root.write("new/m", "x");
    BOOST_TEST(inbox.rename(Where::New, "m", Where::Cur, "m:2,S").has_value());
    BOOST_TEST(root.names("new") == "");
    BOOST_TEST(root.names("cur") == "m:2,S");
}

BOOST_AUTO_TEST_CASE(rename_never_overwrites_another_message)
{
    root.write("cur/a", "first");
    root.write("cur/b", "second");
    const auto done = inbox.rename(Where::Cur, "a", Where::Cur, "b");
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Exists));
    BOOST_TEST(root.read("cur/a") == "first");
    BOOST_TEST(root.read("cur/b") == "second");
}

BOOST_AUTO_TEST_CASE(rename_onto_itself_keeps_the_message)
{
    root.write("cur/a", "first");
    BOOST_TEST(inbox.rename(Where::Cur, "a", Where::Cur, "a").has_value());
    BOOST_TEST(root.read("cur/a") == "first");
}

BOOST_AUTO_TEST_CASE(rename_onto_a_hard_link_of_the_same_file_drops_one)
{
    root.write("new/a", "first");
    BOOST_TEST(inbox.link_from(inbox, Where::New, "a", Where::Cur, "a:2,").has_value());
    BOOST_TEST(inbox.rename(Where::New, "a", Where::Cur, "a:2,").has_value());
    BOOST_TEST(root.names("new") == "");
    BOOST_TEST(root.read("cur/a:2,") == "first");
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_not_found)
{
    BOOST_TEST((inbox.rename(Where::Cur, "a", Where::Cur, "b").error().code ==
                Errc::NotFound));
    BOOST_TEST((inbox.remove(Where::Cur, "a").error().code == Errc::NotFound));
    BOOST_TEST((a.link_from(inbox, Where::Cur, "a", Where::Cur, "b").error().code ==
                Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(links_join_folders)
{
    root.write("cur/a", "first");
    BOOST_TEST(a.link_from(inbox, Where::Cur, "a", Where::Cur, "b:2,S").has_value());
    BOOST_TEST(root.read(".A/cur/b:2,S") == "first");
    BOOST_TEST(inbox.remove(Where::Cur, "a").has_value());
    BOOST_TEST(a.stat(Where::Cur, "b:2,S")->links == 1U);
    root.write("cur/c", "second");
    BOOST_TEST((a.link_from(inbox, Where::Cur, "c", Where::Cur, "b:2,S").error().code ==
                Errc::Exists));
}

BOOST_AUTO_TEST_CASE(works_on_in_a_folder_that_is_renamed_meanwhile)
{
    BOOST_REQUIRE(::renameat(root.fd(), ".A", root.fd(), ".B") == 0);
    root.write(".B/new/m", "x");
    BOOST_TEST(a.rename(Where::New, "m", Where::Cur, "m:2,").has_value());
    BOOST_TEST(root.names(".B/cur") == "m:2,");
}

BOOST_AUTO_TEST_CASE(the_stamp_changes_with_the_directory)
{
    const auto before = inbox.stamp(Where::New).value();
    BOOST_TEST((inbox.stamp(Where::New).value() == before));
    BOOST_TEST((inbox.stamp(Where::Cur).value() != before));
    root.set_times("new", 1, 1);
    BOOST_TEST((inbox.stamp(Where::New).value() != before));
}

BOOST_AUTO_TEST_CASE(the_lock_keeps_others_out_until_it_goes)
{
    const base::UniqueFd other(
        ::openat(root.fd(), ".A", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    {
        const auto lock = a.lock();
        BOOST_REQUIRE(lock.has_value());
        BOOST_TEST(::flock(other.get(), LOCK_EX | LOCK_NB) == -1);
    }
    BOOST_TEST(::flock(other.get(), LOCK_EX | LOCK_NB) == 0);
}

BOOST_AUTO_TEST_CASE(syncs_and_opens_tmp)
{
    BOOST_TEST(a.sync_directory(Where::Cur).has_value());
    BOOST_TEST(a.sync_directories().has_value());
    static_cast<void>(maildir::remove_all(root.fd(), ".A/tmp"));
    BOOST_TEST(a.open_tmp().has_value());
    BOOST_TEST(root.has(".A/tmp"));
}

BOOST_AUTO_TEST_SUITE_END()
