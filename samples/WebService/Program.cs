// A small web service: users in a table, and a health check.
//
//   dotnet run --project samples/WebService
//   curl -X POST localhost:5000/users -H 'Content-Type: application/json' -d '{"name":"Jane","age":31}'
//   curl localhost:5000/users
//   curl localhost:5000/health
//
// Without a section "Cassandra" in the configuration it brings its own node, which forgets when it ends. With one, for example in the environment:
//   Cassandra__ContactPoints__0=127.0.0.1 Cassandra__LocalDatacenter=dc1 dotnet run --project samples/WebService
using Ilium;
using Ilium.Embedded;
using Ilium.Extensions;
using WebService;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, UserJson.Default));

var section = builder.Configuration.GetSection("Cassandra");
await using var node = section.Exists() ? null : await EmbeddedNode.StartAsync();
var cassandra = node is null ? builder.Services.AddCassandra(section) : builder.Services.AddCassandra(options => node.Connect(options));
cassandra.AddSession("shop");
builder.Services.AddSingleton<Users>();
builder.Services.AddHostedService<UserTable>();
builder.Services.AddHealthChecks().AddCassandra();

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/users", (Users users, CancellationToken token) => users.AllAsync(token));
app.MapGet("/users/{id:guid}", async (Guid id, Users users, CancellationToken token) =>
    await users.FindAsync(id, token) is { } user ? Results.Ok(user) : Results.NotFound());
app.MapPost("/users", async (NewUser user, Users users, CancellationToken token) =>
{
    var id = await users.AddAsync(user, token);
    return Results.Created($"/users/{id}", new User(id, user.Name, user.Age));
});

await app.RunAsync();
