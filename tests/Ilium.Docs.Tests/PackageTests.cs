using System.Xml.Linq;
using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

/// <summary>What the packages promise to who references one of them alone.</summary>
public class PackageTests
{
    [Theory]
    [InlineData("Ilium.Embedded")]
    [InlineData("Ilium.Extensions")]
    public void Who_references_this_package_alone_has_the_generator_of_the_driver_s(string package)
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", package, package + ".csproj"));
        var driver = project.Descendants("ProjectReference").Single(reference => ((string)reference.Attribute("Include")!).EndsWith("/Ilium.csproj", StringComparison.Ordinal));

        // By default NuGet keeps the analyzers of a package, and so its generators, from those who reference it by way of another.
        Assert.Equal("none", (string?)driver.Attribute("PrivateAssets"));
    }
}
