namespace Ilium.Embedded.Tests;

public class ProjectTests
{
    /// <summary>Users who don't reference the embedded node don't carry it.</summary>
    [Fact]
    public void The_driver_does_not_know_the_embedded_node() =>
        Assert.DoesNotContain(typeof(Cluster).Assembly.GetReferencedAssemblies(), name => name.Name == "Ilium.Embedded");
}
