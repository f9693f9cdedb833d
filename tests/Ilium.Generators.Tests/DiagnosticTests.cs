using Microsoft.CodeAnalysis.CSharp;

namespace Ilium.Generators.Tests;

/// <summary>What can't be mapped is said where it stands, and nothing is generated for it.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("[CqlRow] record User(string Name);", "ILIUM001 at 'User': 'User' must be partial for code to be generated into 'User'")]
    [InlineData("class Outer { [CqlRow] partial record User(string Name); }", "ILIUM001 at 'Outer': 'Outer' must be partial for code to be generated into 'User'")]
    [InlineData("[CqlRow] file partial record User(string Name);", "ILIUM002 at 'User': 'User' is local to its file, where no code can be generated; remove the modifier 'file'")]
    [InlineData("[CqlRow] abstract partial record User(string Name);", "ILIUM003 at 'User': 'User' can't be created from a row: it is abstract; mark the types that derive from it")]
    [InlineData("[CqlRow] static partial class User;", "ILIUM003 at 'User': 'User' can't be created from a row: it is static")]
    [InlineData("[CqlRow] ref partial struct User { public int A; }", "ILIUM003 at 'User': 'User' can't be created from a row: a ref struct can't be")]
    [InlineData(
        "[CqlRow] partial class User { public User(int a) { } public User(int a, int b) { } }",
        "ILIUM003 at 'User': 'User' can't be created from a row: it has several constructors; give it a primary constructor, or one without parameters")]
    [InlineData(
        "[CqlRow] partial class User { public User(out int a) { a = 1; } }",
        "ILIUM003 at 'User': 'User' can't be created from a row: the parameter 'a' of its constructor is passed by reference")]
    [InlineData(
        "[CqlRow] partial record User(string UserName) { public string? user_name { get; set; } }",
        "ILIUM004 at 'user_name': 'UserName' and 'user_name' of 'User' are both 'user_name' in CQL; give one another name with [CqlName], or leave it out with [CqlIgnore]")]
    [InlineData(
        "[CqlRow] partial class User { public int Age { get; set; } [CqlName(\"age\")] public int Years { get; set; } }",
        "ILIUM004 at 'Years': 'Age' and 'Years' of 'User' are both 'age' in CQL; give one another name with [CqlName], or leave it out with [CqlIgnore]")]
    [InlineData(
        "[CqlRow] partial class User { public int Age { get; set; } public System.Action? Done { get; set; } }",
        "ILIUM005 at 'Done': 'Done' of 'User' is of type 'Action', which can't hold a CQL value; leave it out with [CqlIgnore]")]
    [InlineData("[CqlRow] partial record User(nint Handle);", "ILIUM005 at 'Handle': 'Handle' of 'User' is of type 'nint', which can't hold a CQL value; leave it out with [CqlIgnore]")]
    [InlineData(
        "[CqlRow] partial class User { public int Age { get; set; } [CqlName(\"x\")] public int X { get; } }",
        "ILIUM006 at 'X': 'X' of 'User' can't be set from there; give it a set or init accessor, or remove [CqlName]")]
    [InlineData("[CqlRow] partial record User([CqlName(\" \")] int Age);", "ILIUM007 at 'Age': 'Age' of 'User' has an empty name in CQL")]
    [InlineData("[CqlRow] partial record User([CqlName(null!)] int Age);", "ILIUM007 at 'Age': 'Age' of 'User' has an empty name in CQL")]
    [InlineData(
        "[CqlRow] partial record User(int Age, [CqlIgnore] int Other);",
        "ILIUM008 at 'Other': 'Other' of 'User' is needed to create it and can't be ignored; give the parameter a default value")]
    [InlineData(
        "[CqlRow] partial class User { public int Age { get; set; } [CqlIgnore] public required int Other { get; set; } }",
        "ILIUM008 at 'Other': 'Other' of 'User' is needed to create it and can't be ignored; remove the modifier 'required'")]
    [InlineData("[CqlUdt] partial class Address(string street) { public string Road => street; }", "ILIUM010 at 'street': 'street' of 'Address' can't be read back to be written: give it a property of its name and type with a getter")]
    [InlineData("[CqlUdt] partial class Address(int number) { public int? Number { get; } = number; }", "ILIUM010 at 'number': 'Number' of 'Address' can't be read back to be written: give it a property of its name and type with a getter")]
    [InlineData("file partial class Outer { [CqlRow] internal partial record User(string Name); }", "ILIUM002 at 'User': 'Outer' is local to its file, where no code can be generated; remove the modifier 'file'")]
    [InlineData(
        "[CqlRow] partial class User(int? age) { public required int Age { get; set; } = age ?? 0; }",
        "ILIUM004 at 'Age': 'Age' and 'Age' of 'User' are both 'age' in CQL; give one another name with [CqlName], or leave it out with [CqlIgnore]")]
    [InlineData(
        "[CqlRow] partial class User<T>(T value) where T : allows ref struct { public override string? ToString() => value.ToString(); }",
        "ILIUM005 at 'value': 'value' of 'User' is of type 'T', which can't hold a CQL value; leave it out with [CqlIgnore]")]
    [InlineData("[CqlUdt] record Address(string Street);", "ILIUM001 at 'Address': 'Address' must be partial for code to be generated into 'Address'")]
    [InlineData("[CqlUdt, CqlRow] partial record Address(System.Action Done);", "ILIUM005 at 'Done': 'Done' of 'Address' is of type 'Action', which can't hold a CQL value; leave it out with [CqlIgnore]")]
    [InlineData(
        "[CqlRow] partial class User { public int Age => 1; private int Other { get; set; } }",
        "ILIUM009 at 'User': 'User' has nothing to map: neither parameters of its constructor, nor public properties that can be set, nor public fields")]
    public void Each_fault_is_told_where_it_is(string declaration, string expected)
    {
        var run = new GeneratorRun("using Ilium;\nnamespace Shop;\n" + declaration);

        Assert.Equal([expected], run.Described);
        Assert.Empty(run.Sources);
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp9, "9.0")]
    [InlineData(LanguageVersion.CSharp10, "10.0")]
    public void A_language_without_static_members_of_interfaces_is_told_of(LanguageVersion language, string name)
    {
        var run = new GeneratorRun("using Ilium;\nnamespace Shop { [CqlRow] partial class User { public int A { get; set; } } }", language);

        Assert.Equal(
            [$"ILIUM011 at 'User': 'User' can't be mapped in C# {name}, which has no static members of interfaces: set LangVersion to 11 or more, or leave it out"], run.Described);
        Assert.Empty(run.Complaints);
    }

    [Fact]
    public void The_attribute_on_two_parts_of_a_type_leaves_the_others_alone()
    {
        var run = new GeneratorRun("using Ilium;\n[CqlRow] partial record User(int A);\n[CqlRow] partial record User;\n[CqlRow] partial record Other(int A);");

        Assert.Equal(2, run.Sources.Length);
        Assert.Equal(["CS0579"], run.Complaints.Select(one => one.Id));
    }

    [Fact]
    public void All_faults_of_a_type_are_told_at_once()
    {
        var run = new GeneratorRun("using Ilium;\n[CqlRow] class User { public System.Action? A { get; set; } [CqlName(\"\")] public int B { get; set; } }");

        Assert.Equal(["ILIUM001", "ILIUM005", "ILIUM007"], run.Diagnostics.Select(one => one.Id).Order());
    }

    [Fact]
    public void A_fault_stays_where_it_is_when_lines_come_before_it()
    {
        var run = new GeneratorRun("using Ilium;\n[CqlRow] record User(int Age);");
        Assert.Equal(1, run.Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line);

        run.Change("using Ilium;\n\n\n[CqlRow] record User(int Age);");

        Assert.Equal(3, run.Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line);
    }
}
