using Microsoft.CodeAnalysis;

namespace Ilium.Generators.Tests;

/// <summary>What is generated compiles without a warning, whatever the shape of the type, and is not generated anew for edits that don't concern it.</summary>
public class SourceTests
{
    private const string User = "using Ilium;\nnamespace Shop;\n[CqlRow] public partial record User(string Name, int? Age);\n";

    [Theory]
    [InlineData("[CqlRow] partial record User(string Name, int? Age = 7, string? Other = \"a\\\"b\", double D = double.NaN, float F = 1.5f, decimal M = 1.5m, char C = '\\'');")]
    [InlineData("enum Color { Red, Blue } [CqlRow] partial record struct Car(Color Color = Color.Blue, System.Guid Id = default, Color? Other = Color.Red);")]
    [InlineData("[CqlRow] partial class User { private User() { } public string? Name { get; private set; } public int Age { get; init; } = 18; public required string Mail { get; init; } }")]
    [InlineData("[CqlRow] partial struct Point { public int X; public int Y { get; init; } }")]
    [InlineData("[CqlRow] readonly partial struct Point { public int X { get; init; } }")]
    [InlineData("[CqlRow] partial class Pair<TFirst, TSecond> where TFirst : notnull { public TFirst First { get; init; } = default!; public required TSecond? Second { get; set; } }")]
    [InlineData("partial class Outer<T> { partial interface IInner { private partial struct Third { [CqlRow] internal partial record @class(T @event, [CqlName(\"a\\\"b\")] int @int); } } }")]
    [InlineData("class Base<T> { public T? Value { get; init; } public virtual int Id { get; set; } } [CqlRow] partial class Derived : Base<string> { public override int Id { get; set; } }")]
    [InlineData("[CqlRow] partial class User(string name, int age) { public string Name => name; public int Age { get; set; } = age; }")]
    [InlineData("#nullable disable\n[CqlRow] partial class User { public string Name { get; set; } public string[] Tags { get; set; } }")]
    [InlineData("[CqlRow] partial class User { [System.Obsolete(\"no\")] public int Age { get; set; } [System.Obsolete] public int Old { get; init; } }")]
    [InlineData("[CqlRow] partial class User { public (int A, string? B)[] Places { get; set; } = []; public dynamic? Any { get; set; } public int this[int i] { get => i; set { } } }")]
    [InlineData("record Base(int Id); [CqlRow] partial record User(int Id, string Name) : Base(Id);")]
    [InlineData("record Base(int Id); [CqlUdt] partial record Address(int Id, string? Street, int? Number = null) : Base(Id) { [CqlIgnore] public int Other { get; set; } }")]
    [InlineData("[CqlUdt, CqlRow] partial struct Address { public string? Street { get; init; } public int Number; public long? Long { get; set; } }")]
    [InlineData("[CqlUdt] partial class Address<T> { public T Value { get; set; } = default!; public System.Collections.Generic.List<Address<T>?> Inner { get; init; } = []; }")]
    [InlineData("[CqlRow] partial class User(string name) { public required string Name { get; init; } = name; }")]
    [InlineData("[CqlRow] partial class User { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public User(string name) { Name = name; } public required string Name { get; init; } }")]
    [InlineData("[CqlUdt] partial class User { [System.Obsolete(\"no\", true)] public int? Age { get; set; } [System.Obsolete(\"no\", DiagnosticId = \"ACME1\")] public int? Old { get; init; } }")]
    [InlineData("[CqlRow] partial class User { [System.Diagnostics.CodeAnalysis.Experimental(\"ACME2\")] public int Age { get; set; } }")]
    [InlineData("[CqlUdt] partial class User(string name) { [System.Diagnostics.CodeAnalysis.DisallowNull] public string? Mail { get; set; } public string? Name { get; } = name; }")]
    [InlineData("class Base { public int Id { get; set; } } [CqlRow] partial class User : Base { public new void Id() { } public int Age { get; set; } }")]
    [InlineData("[CqlRow] partial class User { public User(ref readonly int a, in int b) { A = a + b; } public int A { get; } }")]
    [InlineData("[CqlRow] readonly partial struct Place { public Place(int x, int y) { X = x; Y = y; } public int X { get; } public int Y { get; } }")]
    public void Every_shape_of_type_compiles_without_a_warning(string declaration)
    {
        foreach (var head in new[] { "using Ilium;\nnamespace Shop.@new;\n", "using Ilium;\n" })
        {
            var run = new GeneratorRun(head + declaration);

            Assert.Empty(run.Described);
            Assert.Empty(run.Complaints.Select(one => one.ToString()));
            Assert.Single(run.Sources);
        }
    }

    [Fact]
    public void Types_of_one_name_have_files_of_their_own()
    {
        var run = new GeneratorRun("using Ilium;\n[CqlRow] partial record User(int A);\nnamespace Shop { [CqlRow] partial record User(int A); [CqlRow] partial record User<T>(int A); partial class Outer { [CqlRow] partial record User(int A); } }");

        Assert.Empty(run.Complaints);
        Assert.Equal(
            ["Shop.Outer.User.CqlMapping.8b5567e1.g.cs", "Shop.User.CqlMapping.b101adb2.g.cs", "Shop.User`1.CqlMapping.ff2a79e5.g.cs", "User.CqlMapping.e0a63e12.g.cs"],
            run.Sources.Select(source => source.HintName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Types_whose_names_the_compiler_takes_for_one_or_not_at_all_have_files_of_their_own()
    {
        var run = new GeneratorRun("using Ilium;\n[CqlRow] partial record Order(int A);\n[CqlUdt] partial record order(int A);\n[CqlRow] partial record ORDER(int A);\n[CqlRow] partial record \u0E0A\u0E37\u0E48\u0E2D(int A);");

        Assert.Empty(run.Described);
        Assert.Empty(run.Complaints.Where(one => one.Id != "CS8981"));
        Assert.Equal(4, run.Sources.Length);
    }

    [Fact]
    public void A_member_that_only_its_own_class_sees_hides_none()
    {
        var run = new GeneratorRun(
            "using Ilium;\nclass Base { public int Id { get; set; } }\nclass Middle : Base { private new int Id => 1; public int Read() => Id; }\n[CqlRow] partial class User : Middle { public int Age { get; set; } }");

        Assert.Empty(run.Complaints);
        Assert.Contains("members.Add<int>(\"Id\", \"id\"", run.Sources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name", "name")]
    [InlineData("FirstName", "first_name")]
    [InlineData("UserID", "user_id")]
    [InlineData("HTTPPort", "http_port")]
    [InlineData("Address2Line", "address2_line")]
    [InlineData("Line1", "line1")]
    [InlineData("First_Name", "first_name")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("A", "a")]
    [InlineData("ABC", "abc")]
    public void Names_become_snake_case(string member, string expected)
    {
        var run = new GeneratorRun($"using Ilium;\n[CqlRow] partial class User {{ public int {member} {{ get; set; }} }}");

        Assert.Contains($"members.Add<int>(\"{member}\", \"{expected}\", (global::Ilium.MemberRules)4);", run.Sources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_elsewhere_generates_nothing_anew()
    {
        var run = new GeneratorRun(User);
        var before = run.Sources.Single().SourceText;
        Assert.Equal(IncrementalStepRunReason.New, run.Reason);

        run.Add("class Other { void Edited() { } }");
        Assert.Equal(IncrementalStepRunReason.Cached, run.Reason);

        // In the same file, above it: its place changes and its model does not.
        run.Change("// A comment.\n" + User + "class Another;\n");
        Assert.Equal(IncrementalStepRunReason.Cached, run.Reason);
        Assert.Same(before, run.Sources.Single().SourceText);

        run.Change(User.Replace("int? Age", "long? Age", StringComparison.Ordinal));
        Assert.Equal(IncrementalStepRunReason.Modified, run.Reason);
        Assert.Contains("ReadNullable<long>", run.Sources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_attribute_nothing_is_generated()
    {
        var run = new GeneratorRun("partial record User(int Age);");

        Assert.Empty(run.Sources);
        Assert.Empty(run.Diagnostics);
    }
}
