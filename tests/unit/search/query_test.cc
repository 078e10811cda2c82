// SPDX-License-Identifier: ISC
#include "search/query.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using search::Key;
using search::Query;
using search::Relation;

std::string date_text(const imap::Date& date)
{
    return std::to_string(date.year) + '/' + std::to_string(date.month) + '/' +
           std::to_string(date.day);
}

std::string sign(Relation relation)
{
    switch (relation) {
    case Relation::Less:
        return "<";
    case Relation::Equal:
        return "=";
    case Relation::AtLeast:
        return ">=";
    case Relation::Greater:
        break;
    }
    return ">";
}

std::string text_of(const Key& key);

std::string list(const char* word, const std::vector<Key>& keys)
{
    std::string text = std::string("(") + word;
    for (const Key& key : keys)
        text += ' ' + text_of(key);
    return text + ')';
}

/// A key in a form for people.
struct Describe {
    std::string operator()(const search::All&) { return "all"; }
    std::string operator()(const search::HasFlag& t)
    {
        return std::string(imap::name_of(t.flag));
    }
    std::string operator()(const search::HasKeyword& t) { return "kw:" + t.name; }
    std::string operator()(const search::InSequence& t)
    {
        return "seq:" + t.numbers.resolve(100).to_text();
    }
    std::string operator()(const search::InUids& t)
    {
        return "uid:" + t.uids.resolve(100).to_text();
    }
    std::string operator()(const search::InSet& t) { return "set:" + t.uids.to_text(); }
    std::string operator()(const search::HasSize& t)
    {
        return "size" + sign(t.relation) + std::to_string(t.octets);
    }
    std::string operator()(const search::ChangedSince& t)
    {
        return "modseq>=" + std::to_string(t.mod_sequence);
    }
    std::string operator()(const search::Arrived& t)
    {
        return "arrived" + sign(t.relation) + date_text(t.date);
    }
    std::string operator()(const search::Saved& t)
    {
        return "saved" + sign(t.relation) + date_text(t.date);
    }
    std::string operator()(const search::HasEmailId& t) { return "email:" + t.id; }
    std::string operator()(const search::Sent& t)
    {
        return "sent" + sign(t.relation) + date_text(t.date);
    }
    std::string operator()(const search::HeaderHas& t)
    {
        return t.field + ":'" + t.text + '\'';
    }
    std::string operator()(const search::BodyHas& t)
    {
        return "body:'" + t.text + '\'';
    }
    std::string operator()(const search::TextHas& t)
    {
        return "text:'" + t.text + '\'';
    }
    std::string operator()(const search::Not& t) { return list("not", t.keys); }
    std::string operator()(const search::And& t) { return list("and", t.keys); }
    std::string operator()(const search::Or& t) { return list("or", t.keys); }
};

std::string text_of(const Key& key)
{
    return std::visit(Describe{}, key.test);
}

/// The tree that `text` gives; "!" for a SyntaxError, "?" for BADCHARSET.
std::string parsed(std::string_view text)
{
    imap::Parser in(text);
    try {
        const auto query = Query::parse(in);
        if (!query)
            return query.error().code == base::Errc::Unsupported ? "?" : "??";
        return text_of(query->root());
    } catch (const imap::SyntaxError&) {
        return "!";
    }
}

struct Case {
    std::string_view text;
    std::string_view expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(query)

const Case accepted[] = {
    {"ALL", "all"},
    {"all", "all"},
    {"ANSWERED", "\\Answered"},
    {"DELETED", "\\Deleted"},
    {"DRAFT", "\\Draft"},
    {"FLAGGED", "\\Flagged"},
    {"SEEN", "\\Seen"},
    {"RECENT", "\\Recent"},
    {"UNANSWERED", "(not \\Answered)"},
    {"UNDELETED", "(not \\Deleted)"},
    {"UNDRAFT", "(not \\Draft)"},
    {"UNFLAGGED", "(not \\Flagged)"},
    {"unSeen", "(not \\Seen)"},
    {"NEW", "(and \\Recent (not \\Seen))"},
    {"OLD", "(not \\Recent)"},
    {"KEYWORD $Junk", "kw:$Junk"},
    {"UNKEYWORD $Junk", "(not kw:$Junk)"},
    {"LARGER 0", "size>0"},
    {"SMALLER 9223372036854775807", "size<9223372036854775807"},
    {"BEFORE 1-Feb-1994", "arrived<1994/2/1"},
    {"ON \"1-Feb-1994\"", "arrived=1994/2/1"},
    {"SINCE 01-feb-1994", "arrived>=1994/2/1"},
    {"SENTBEFORE 1-Feb-1994", "sent<1994/2/1"},
    {"SENTON 1-Feb-1994", "sent=1994/2/1"},
    {"SENTSINCE 1-Feb-1994", "sent>=1994/2/1"},
    {"SAVEDBEFORE 1-Feb-1994", "saved<1994/2/1"},
    {"savedon 1-Feb-1994", "saved=1994/2/1"},
    {"SAVEDSINCE 1-Feb-1994", "saved>=1994/2/1"},
    {"SAVEDATESUPPORTED", "all"},
    {"EMAILID M6d99ac3275bb4e", "email:M6d99ac3275bb4e"},
    {"EMAILID a_-Z0", "email:a_-Z0"},
    {"THREADID T64b478a75b7ea9", "(not all)"},
    {"FROM Smith", "FROM:'smith'"},
    {"TO {3}\r\nann", "TO:'ann'"},
    {"CC \"A B\"", "CC:'a b'"},
    {"BCC x", "BCC:'x'"},
    {"SUBJECT \"\"", "SUBJECT:''"},
    {"HEADER X-Foo bar", "X-Foo:'bar'"},
    {"HEADER \"X-Foo\" \"\"", "X-Foo:''"},
    {"BODY x", "body:'x'"},
    {"TEXT x", "text:'x'"},
    {"TEXT \"\"", "all"},
    {"BODY \"\"", "all"},
    {"UID 5,1:3", "uid:1:3,5"},
    {"UID *", "uid:100"},
    {"1:3,7", "seq:1:3,7"},
    {"*", "seq:100"},
    {"*:98", "seq:98:100"},
    {"$", "seq:"},
    {"uid 3,$", "uid:3"},
    {"MODSEQ 620162338", "modseq>=620162338"},
    {"modseq 0", "modseq>=0"},
    {"MODSEQ \"/flags/\\\\draft\" all 620162338", "modseq>=620162338"},
    {"MODSEQ \"/flags/$MDNSent\" priv 9223372036854775807",
     "modseq>=9223372036854775807"},
    {"MODSEQ \"/Flags/\\\\X\" Shared 1", "modseq>=1"},
    {"OR NOT MODSEQ 720162338 LARGER 50000", "(or (not modseq>=720162338) size>50000)"},
    {"NOT SEEN", "(not \\Seen)"},
    {"NOT NOT 1", "(not (not seq:1))"},
    {"OR SEEN DRAFT", "(or \\Seen \\Draft)"},
    {"OR OR 1 2 3", "(or (or seq:1 seq:2) seq:3)"},
    {"OR NOT 1 (2 3)", "(or (not seq:1) (and seq:2 seq:3))"},
    {"(SEEN)", "\\Seen"},
    {"((SEEN) (DRAFT))", "(and \\Seen \\Draft)"},
    {"SEEN 1 UID 2", "(and \\Seen seq:1 uid:2)"},
    {"SEEN NOT (OR 1 TEXT x FROM y)",
     "(and \\Seen (not (and FROM:'y' (or seq:1 text:'x'))))"},
    {"CHARSET US-ASCII SEEN", "\\Seen"},
    {"charset utf-8 TEXT {2}\r\n\xC3\x9C", "text:'u\xCC\x88'"},
    {"CHARSET \"ISO-8859-1\" TEXT \"\xDC\"", "text:'u\xCC\x88'"},
    {"TEXT \"\xC3\x9C\"", "text:'u\xCC\x88'"}, // UTF-8 without being told
};

BOOST_DATA_TEST_CASE(parses, accepted)
{
    BOOST_TEST(parsed(sample.text) == sample.expected);
}

const char* const refused[] = {
    "EMAILID",
    "EMAILID a+b",
    "EMAILID \"M1\"",
    "THREADID",
    "SAVEDON",
    "SAVEDON x",
    "",
    " SEEN",
    "SEEN ",
    "SEEN  DRAFT",
    "FOO",
    "UNFOO",
    "UNRECENT",
    "SENT",
    "NOT",
    "NOT ",
    "OR 1",
    "OR 1 ",
    "OR(1)(2)",
    "()",
    "(SEEN",
    "SEEN)",
    "( SEEN)",
    "(SEEN )",
    "KEYWORD",
    "KEYWORD \\Seen",
    "KEYWORD \"a\"",
    "LARGER",
    "LARGER -1",
    "LARGER x",
    "LARGER 9223372036854775808",
    "BEFORE",
    "BEFORE x",
    "ON 31-Feb-1994",
    "SINCE 1994",
    "FROM",
    "FROM ",
    "FROM (",
    "HEADER x",
    "HEADER",
    "UID",
    "UID x",
    "UID 0",
    "0",
    "1:",
    "1,",
    "$$",
    "UID $:3",
    "MODSEQ",
    "MODSEQ ",
    "MODSEQ x",
    "MODSEQ -1",
    "MODSEQ 9223372036854775808",
    "MODSEQ \"/flags/\\\\draft\" 5",
    "MODSEQ \"/flags/\\\\draft\" both 5",
    "MODSEQ \"/flags/\" all 5",
    "MODSEQ \"/flags/\\\\\" all 5",
    "MODSEQ \"/flags/a b\" all 5",
    "MODSEQ \"/comment\" all 5",
    "MODSEQ /flags/x all 5",
    "MODSEQ \"/flags/x\" all",
    "CHARSET UTF-8",
    "CHARSET UTF-8 ",
    "CHARSET (x) SEEN",
    "SEEN CHARSET UTF-8",
    "ALL ALL ALL)",
    "CHARSET no-such SEEN (",
    "TEXT {3}\r\nab",
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(parsed(sample) == "!");
}

BOOST_AUTO_TEST_CASE(a_charset_nobody_knows_is_its_own_kind_of_failure)
{
    BOOST_TEST(parsed("CHARSET no-such-charset SEEN") == "?");
    BOOST_TEST(parsed("CHARSET no-such-charset TEXT {1}\r\n\xFF") == "?");
}

BOOST_AUTO_TEST_CASE(cheap_keys_come_first)
{
    BOOST_TEST(parsed("TEXT x SUBJECT y LARGER 3 SEEN BODY z UID 7") ==
               "(and \\Seen uid:7 size>3 SUBJECT:'y' text:'x' body:'z')");
    BOOST_TEST(parsed("OR TEXT x SEEN") == "(or \\Seen text:'x')");
    BOOST_TEST(parsed("(TEXT x 1) NOT FROM y 2") ==
               "(and seq:2 (not FROM:'y') (and seq:1 text:'x'))");
}

BOOST_AUTO_TEST_CASE(knows_whether_messages_must_be_read)
{
    const auto reads = [](std::string_view text) {
        imap::Parser in(text);
        return Query::parse(in)->reads_messages();
    };
    BOOST_TEST(!reads("SEEN 1 UID 3 LARGER 5 OR ON 1-Feb-1994 NOT KEYWORD x"));
    BOOST_TEST(reads("SEEN OR 1 NOT (FROM x)"));
    BOOST_TEST(reads("SENTON 1-Feb-1994"));
    BOOST_TEST(!reads("TEXT \"\""));
}

BOOST_AUTO_TEST_CASE(resolves_both_kinds_of_numbers_wherever_they_are)
{
    imap::Parser in("1:2 NOT (OR 3 UID 8:*)");
    auto query = Query::parse(in);
    BOOST_REQUIRE(query.has_value());
    query->resolve(
        [](const imap::SequenceSet& set) {
            base::NumberSet uids;
            for (const auto n : set.resolve(5))
                uids.add(n * 10);
            return uids;
        },
        50);
    BOOST_TEST(text_of(query->root()) == "(and set:10,20 (not (or set:30 set:8:50)))");
}

BOOST_AUTO_TEST_CASE(resolves_the_saved_result_in_both_kinds_of_sets)
{
    imap::Parser in("$ UID 4,$ NOT UID $");
    auto query = Query::parse(in);
    BOOST_REQUIRE(query.has_value());
    BOOST_TEST(!query->has_sequence_numbers());
    query->resolve(
        [](const imap::SequenceSet& set) {
            BOOST_TEST((set.has_saved() && !set.has_numbers()));
            return base::NumberSet{7, 9};
        },
        50);
    BOOST_TEST(text_of(query->root()) == "(and set:7,9 set:4,7,9 (not set:7,9))");
}

BOOST_AUTO_TEST_CASE(knows_what_it_asks_for)
{
    const auto query = [](std::string_view text) {
        imap::Parser in(text);
        return *Query::parse(in);
    };
    BOOST_TEST(query("OR NOT MODSEQ 720162338 LARGER 50000").has_mod_sequence());
    BOOST_TEST(!query("ALL").has_mod_sequence());
    BOOST_TEST(query("UID 1 OR $ 1,3000:3021").has_sequence_numbers());
    BOOST_TEST(!query("UID 1:* $").has_sequence_numbers());
}

BOOST_AUTO_TEST_CASE(depth_is_bounded)
{
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "SEEN" + std::string(depth, ')');
    };
    BOOST_TEST(parsed(nested(Query::max_depth)) == "\\Seen");
    BOOST_TEST(parsed(nested(Query::max_depth + 1)) == "!");

    std::string nots, ors;
    for (std::size_t i = 0; i < Query::max_depth; ++i) {
        nots += "NOT ";
        ors += "OR 1 ";
    }
    BOOST_TEST(parsed(nots + "SEEN") != "!");
    BOOST_TEST(parsed("NOT " + nots + "SEEN") == "!");
    BOOST_TEST(parsed(ors + "SEEN") != "!");
    BOOST_TEST(parsed("OR 1 " + ors + "SEEN") == "!");
}

BOOST_AUTO_TEST_CASE(the_number_of_keys_is_bounded)
{
    std::string text = "SEEN";
    for (std::size_t i = 1; i < Query::max_keys; ++i)
        text += " 1";
    BOOST_TEST(parsed(text) != "!");
    BOOST_TEST(parsed(text + " 1") == "!");
}

BOOST_AUTO_TEST_SUITE_END()
