// SPDX-License-Identifier: ISC
#include "index/record.h"

#include <string>

#include <boost/test/unit_test.hpp>

using indexing::FolderRecord;
using indexing::MessageRecord;
using indexing::MessageView;
using indexing::NamedFolder;

namespace {

MessageRecord full_message()
{
    MessageRecord record;
    record.uid = 7;
    record.flags = 63;
    record.place = indexing::Place::Cur;
    record.base_octets = 4;
    record.keywords = 0x3ffffff;
    record.modseq = 1'800'000'000'000'000;
    record.octets = std::uint64_t{5} << 32;
    record.wire_octets = (std::uint64_t{5} << 32) + 1;
    record.internal_date = -1;
    record.saved_date = 1'800'000'000;
    record.name = "base;2,FS";
    return record;
}

} // namespace

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(a_message_comes_back_as_it_was)
{
    const MessageRecord written = full_message();
    const std::string packed = pack(written.view());
    MessageView read;
    BOOST_REQUIRE(unpack(packed, read));
    BOOST_TEST(read.flags == 63);
    BOOST_TEST((read.place == indexing::Place::Cur));
    BOOST_TEST(read.keywords == written.keywords);
    BOOST_TEST(read.modseq == written.modseq);
    BOOST_TEST(read.octets == written.octets);
    BOOST_TEST(read.wire_octets == written.wire_octets);
    BOOST_TEST(read.internal_date == -1);
    BOOST_TEST(read.saved_date == written.saved_date);
    BOOST_TEST(read.name == "base;2,FS");
    BOOST_TEST(read.base_name() == "base");
    BOOST_TEST((read.name.data() >= packed.data())); // a view into what was packed
    BOOST_TEST((read.name.data() < packed.data() + packed.size()));
}

BOOST_AUTO_TEST_CASE(a_folder_comes_back_as_it_was)
{
    FolderRecord written;
    written.id = 3;
    written.generation = 4;
    written.uid_validity = 5;
    written.uid_next = 0xffffffff;
    written.first_recent = 6;
    written.guid[15] = 0xfe;
    written.highest_modseq = 7;
    written.vanished_floor = 8;
    written.vanished_ranges = 9;
    written.messages = 10;
    written.unseen = 11;
    written.deleted = 12;
    written.octets = 13;
    written.new_dir = {1, 2, 3, -4};
    written.keywords = {5, 6, 7, 8};
    written.is_complete = true;
    const std::string packed = pack(written, "INBOX");
    NamedFolder read;
    BOOST_REQUIRE(unpack(packed, read));
    BOOST_TEST(read.name == "INBOX");
    BOOST_TEST(pack(read.record, read.name) == packed);
    BOOST_TEST((read.record.keywords == written.keywords));
    BOOST_TEST((read.record.new_dir == written.new_dir));
    BOOST_TEST(read.record.is_complete);
}

BOOST_AUTO_TEST_CASE(takes_nothing_that_is_cut_short)
{
    const std::string message = pack(full_message().view());
    const std::string folder = pack(FolderRecord(), "x");
    MessageView view;
    NamedFolder named;
    for (std::size_t size = 0; size < folder.size(); ++size)
        BOOST_TEST(!unpack(std::string_view(folder).substr(0, size), named));
    for (std::size_t size = 0; size < message.size() - 5; ++size) // into the base name
        BOOST_TEST(!unpack(std::string_view(message).substr(0, size), view));
}

BOOST_AUTO_TEST_CASE(takes_no_place_and_no_base_name_that_cannot_be)
{
    MessageView view;
    std::string packed = pack(full_message().view());
    packed[1] = 2;
    BOOST_TEST(!unpack(packed, view));
    packed = pack(full_message().view());
    packed[2] = 10; // of a name of 9 octets
    BOOST_TEST(!unpack(packed, view));
}

BOOST_AUTO_TEST_CASE(a_base_name_ends_at_the_first_colon_unless_told_otherwise)
{
    MessageRecord record;
    record.name = "1.host,S=3:2,S";
    BOOST_TEST(record.view().base_name() == "1.host,S=3");
    record.name = "1.host";
    BOOST_TEST(record.view().base_name() == "1.host");
    record.base_octets = 2;
    BOOST_TEST(record.view().base_name() == "1.");
}

BOOST_AUTO_TEST_SUITE_END()
