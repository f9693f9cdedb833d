using Ilium.Buffers;

namespace Ilium.Tests.Buffers;

public class CqlWriterTests
{
    [Fact]
    public void Growing_keeps_what_was_written()
    {
        using var writer = new CqlWriter(16);
        for (var i = 0; i < 1000; i++)
        {
            writer.WriteInt32(i);
        }

        var reader = new CqlReader(writer.WrittenSpan);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(i, reader.ReadInt32());
        }

        Assert.Equal(0, reader.Remaining);
    }
}
