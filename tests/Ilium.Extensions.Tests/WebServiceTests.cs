using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ilium.Extensions.Tests;

public sealed class WebServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_keeps_users_and_tells_of_its_health()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "WebService.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        })!;
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(process) };
            Assert.Equal("Healthy", await client.GetStringAsync("/health", Token));
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/users/{Guid.NewGuid()}", Token)).StatusCode);

            using var created = await client.PostAsJsonAsync("/users", new { name = "Jane", age = 31 }, Token);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var user = await client.GetFromJsonAsync<JsonElement>(created.Headers.Location, Token);
            Assert.Equal(("Jane", 31), (user.GetProperty("name").GetString(), user.GetProperty("age").GetInt32()));
            var all = await client.GetFromJsonAsync<JsonElement[]>("/users", Token);
            Assert.Equal(user.GetProperty("id").GetGuid(), Assert.Single(all!).GetProperty("id").GetGuid());
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Where it says that it listens.</summary>
    private static async Task<Uri> AddressAsync(Process process)
    {
        const string Listening = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var start)
            {
                return new Uri(line[(start + Listening.Length)..]);
            }
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }
}
