using Ilium.Connection;

namespace Ilium.Tests.Connection;

public sealed class TlsAlertTests
{
    [Theory]
    [InlineData(0x0A000412, 42, true)] // bad certificate
    [InlineData(0x0A000418, 48, true)] // unknown authority
    [InlineData(0x0A00045C, 116, true)] // certificate required
    [InlineData(0x0A000410, 40, false)] // handshake failure
    [InlineData(0x0A00042E, 70, false)] // protocol version
    public void The_number_of_an_alert_is_read_from_the_code_of_the_tls_library(int code, int number, bool aboutCertificate)
    {
        var error = new IOException("outer", new ArithmeticException("inner") { HResult = code });
        Assert.Equal(number, TlsAlert.Number(error));
        Assert.Equal(aboutCertificate, TlsAlert.IsAboutCertificate(error));
        Assert.True(TlsAlert.IsFrom(error));
    }

    [Theory]
    [InlineData(0x0A000086)] // certificate verify failed: this side's own words
    [InlineData(0x0A0004FF + 0x100)] // beyond the last alert
    [InlineData(unchecked((int)0x80131620))] // any IOException
    public void Other_codes_are_no_alerts(int code)
    {
        var error = new IOException("outer", new ArithmeticException("inner") { HResult = code });
        Assert.Null(TlsAlert.Number(error));
        Assert.False(TlsAlert.IsFrom(error));
    }
}
