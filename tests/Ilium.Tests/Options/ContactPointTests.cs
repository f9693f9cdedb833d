using System.Net;
using System.Net.Sockets;
using CsCheck;

namespace Ilium.Tests.Options;

public sealed class ContactPointTests
{
    [Theory]
    [InlineData("node1.example", "node1.example", null)]
    [InlineData(" node1:9043 ", "node1", 9043)]
    [InlineData("my_service:1", "my_service", 1)]
    [InlineData("10.0.0.1", "10.0.0.1", null)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 65535)]
    [InlineData("::1", "::1", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[fe80::1]:9042", "fe80::1", 9042)]
    [InlineData("unix:/run/cassandra.sock", "unix:/run/cassandra.sock", null)]
    public void Text_is_read(string text, string host, int? port)
    {
        ContactPoint point = text;
        Assert.Equal(host, point.Host);
        Assert.Equal(port, point.Port);
        Assert.Equal(point, ContactPoint.Parse(point.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(":9042")]
    [InlineData("node:")]
    [InlineData("node:0")]
    [InlineData("node:65536")]
    [InlineData("node:99999999999")]
    [InlineData("node:+1")]
    [InlineData("node name")]
    [InlineData("http://node:9042")]
    [InlineData("[::1")]
    [InlineData("[::1]9042")]
    [InlineData("[node]:9042")]
    [InlineData("1::2::3")]
    [InlineData("a,b")]
    [InlineData("unix:")]
    public void Text_that_is_no_contact_point_is_refused(string text)
    {
        Assert.False(ContactPoint.TryParse(text, out _));
        Assert.Throws<FormatException>(() => (ContactPoint)text);
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        Gen.String.Sample(
            text =>
            {
                if (ContactPoint.TryParse(text, out var point))
                {
                    Assert.Equal(point, ContactPoint.Parse(point.ToString()));
                }
            },
            iter: 2000);
    }

    [Fact]
    public void Addresses_and_end_points_convert()
    {
        ContactPoint address = IPAddress.IPv6Loopback;
        ContactPoint endPoint = new IPEndPoint(IPAddress.Loopback, 9043);
        ContactPoint withoutPort = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(new ContactPoint("::1"), address);
        Assert.Equal(new ContactPoint("127.0.0.1", 9043), endPoint);
        Assert.Null(withoutPort.Port);
    }

    [Fact]
    public void Names_stay_names_and_literals_become_addresses()
    {
        Assert.Equal(new DnsEndPoint("node1", 9042), new ContactPoint("NODE1").ToEndPoint(9042));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9043), new ContactPoint("127.0.0.1", 9043).ToEndPoint(9042));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9042), new ContactPoint("::1").ToEndPoint(9042));
        var unix = Assert.IsType<UnixDomainSocketEndPoint>(new ContactPoint("unix:/run/c.sock").ToEndPoint(9042));
        Assert.Equal("/run/c.sock", unix.ToString());
    }

    [Fact]
    public void A_port_outside_its_range_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContactPoint("a", 0));
        Assert.Throws<ArgumentException>(() => new ContactPoint("a b"));
    }
}
