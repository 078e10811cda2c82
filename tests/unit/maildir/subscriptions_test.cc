// SPDX-License-Identifier: ISC
#include "maildir/subscriptions.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::Subscriptions;
using maildir_test::Temporary;
using Names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(subscriptions)

BOOST_AUTO_TEST_CASE(reads_version_1)
{
    const auto list = Subscriptions::parse("Sent\nA.B\n\nINBOX\nSent\nEntw&APw-rfe");
    BOOST_TEST((list.list() == Names{"A.B", "Entw&APw-rfe", "INBOX", "Sent"}));
    BOOST_TEST(list.contains("A.B"));
    BOOST_TEST(!list.contains("A"));
    BOOST_TEST(list.to_text() == "A.B\nEntw&APw-rfe\nINBOX\nSent\n");
}

BOOST_AUTO_TEST_CASE(reads_and_keeps_version_2)
{
    auto list = Subscriptions::parse("V\t2\n\nSent\nA\tB\n");
    BOOST_TEST((list.list() == Names{"A.B", "Sent"}));
    BOOST_TEST(list.add("A.C"));
    BOOST_TEST(list.to_text() == "V\t2\n\nA\tB\nA\tC\nSent\n");
    BOOST_TEST(Subscriptions::parse("V\t2\n").to_text() == "V\t2\n\n");
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_names_stay_in_the_file)
{
    const auto one = Subscriptions::parse("shared/x\n.a\nB\n");
    BOOST_TEST((one.list() == Names{"B"}));
    BOOST_TEST(one.to_text() == "B\nshared/x\n.a\n");
    const auto two = Subscriptions::parse("V\t2\n\nwith.dot\tC\nA\001t\nB\n");
    BOOST_TEST((two.list() == Names{"B"}));
    BOOST_TEST(two.to_text() == "V\t2\n\nB\nwith.dot\tC\nA\001t\n");
}

BOOST_AUTO_TEST_CASE(a_stray_version_line_does_not_change_the_version)
{
    auto list = Subscriptions::parse("A\nV\t2\nB.C\n");
    BOOST_TEST(list.remove("A"));
    BOOST_TEST(list.to_text() == "B.C\n");
}

BOOST_AUTO_TEST_CASE(adds_and_removes_once)
{
    Subscriptions list;
    BOOST_TEST(list.add("A"));
    BOOST_TEST(!list.add("A"));
    BOOST_TEST(!list.add(".A"));
    BOOST_TEST(!list.add("A\nB"));
    BOOST_TEST(list.remove("A"));
    BOOST_TEST(!list.remove("A"));
}

BOOST_AUTO_TEST_CASE(works_on_the_file)
{
    const Temporary root;
    BOOST_TEST(Subscriptions::load(root.fd())->list().empty());
    BOOST_TEST(Subscriptions::unsubscribe(root.fd(), "A").has_value());
    BOOST_TEST(!root.has("subscriptions"));
    BOOST_TEST(Subscriptions::subscribe(root.fd(), "B").has_value());
    BOOST_TEST(Subscriptions::subscribe(root.fd(), "A.B").has_value());
    BOOST_TEST(Subscriptions::subscribe(root.fd(), "B").has_value());
    BOOST_TEST(root.read("subscriptions") == "A.B\nB\n");
    BOOST_TEST(Subscriptions::unsubscribe(root.fd(), "B").has_value());
    BOOST_TEST(root.read("subscriptions") == "A.B\n");
    BOOST_TEST(root.names(".") == "subscriptions");
    BOOST_TEST(
        (Subscriptions::subscribe(root.fd(), "a..b").error().code == Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(two_processes_lose_nothing_of_each_other)
{
    const Temporary root;
    constexpr int each = 40;
    const auto subscribe_all = [&](const std::string& prefix) {
        for (int i = 0; i < each; ++i)
            static_cast<void>(
                Subscriptions::subscribe(root.fd(), prefix + std::to_string(i)));
    };
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        subscribe_all("child");
        ::_exit(0);
    }
    subscribe_all("parent");
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(Subscriptions::load(root.fd())->list().size() == 2U * each);
}

BOOST_AUTO_TEST_CASE(takes_over_couriers)
{
    const Temporary root;
    BOOST_TEST(
        (Subscriptions::import_courier(root.fd()).error().code == Errc::NotFound));
    root.write("courierimapsubscribed",
               "INBOX\nINBOX.Sent\nINBOX.A.B\nINBOX.Entw&APw-rfe\n"
               "INBOX.Gel\xc3\xb6scht\nINBOX.R & D\nINBOX.bad\xff\n");
    const auto list = Subscriptions::import_courier(root.fd()).value();
    BOOST_TEST((list.list() == Names{"A.B", "Entw&APw-rfe", "Gel&APY-scht", "INBOX",
                                     "R &- D", "Sent"}));
    BOOST_TEST(list.save(root.fd()).has_value());
    BOOST_TEST(Subscriptions::load(root.fd())->contains("Gel&APY-scht"));
}

BOOST_AUTO_TEST_SUITE_END()
