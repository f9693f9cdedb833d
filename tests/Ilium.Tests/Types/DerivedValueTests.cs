using System.Net;
using Ilium.Types;

namespace Ilium.Tests.Types;

public sealed class DerivedValueTests
{
    [Fact]
    public void A_value_whose_class_is_derived_from_one_with_a_codec_is_written_by_that()
    {
        Assert.NotEqual(typeof(IPAddress), IPAddress.Loopback.GetType());
        Assert.Equal(typeof(IPAddress), new CodecRegistry().GetFor(CqlType.Inet, IPAddress.Loopback.GetType()).ClrType);
    }

    [Fact]
    public void A_class_that_derives_from_nothing_known_is_refused() =>
        Assert.Equal(typeof(Version), Assert.Throws<InvalidTypeException>(() => new CodecRegistry().GetFor(CqlType.Inet, typeof(Version))).ClrType);
}
